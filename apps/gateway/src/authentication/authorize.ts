import type { IncomingMessage } from 'node:http';
import type { Asker, AskerOf } from '../client.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Renewal } from '../sessions/renewal.ts';
import type { Seal } from '../sessions/seal.ts';
import type { Session } from '../sessions/session.ts';
import { hashSessionId, isSessionId } from '../sessions/session-id.ts';
import type { FindSession } from '../sessions/session-lookup.ts';
import type { Visitor } from './authentication.ts';
import type { Revocation } from './identify.ts';
import type { SameOrigin } from './same-origin.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface AuthorizeOptions {
  readonly cookie: SessionCookie;
  readonly sameOrigin: SameOrigin;
  readonly find: FindSession;
  readonly renewal: Pick<Renewal, 'fresh' | 'replace'>;
  readonly seal: Pick<Seal, 'openOften'>;
  /** Whether an access token of a session is revoked, as far as is known here. */
  readonly revocationOf: (accessToken: string, sid: string) => Revocation | undefined;
  /** Ends a session of which the user app knows. */
  readonly drop: (session: Session, reason: string, asker: Asker) => Promise<void>;
  readonly askerOf: AskerOf;
}

/** Finds out who sends a request. */
export interface Authorize {
  /** @throws GatewayError */
  (req: IncomingMessage): Visitor | Promise<Visitor>;
  /**
   * The session of a request's cookie, for the gateway's own routes; it has not ended at the user app either, as far as its
   * access token and the revocation feed say.
   *
   * @throws GatewayError `no_session`; `cannot_refresh` while that cannot be known
   */
  session(req: IncomingMessage): Promise<Session>;
  /**
   * The hash of a request's session cookie, for routes that end or replace its session, whatever became of it; `undefined`
   * for a request without one.
   *
   * @throws GatewayError for two credentials
   */
  cookieHash(req: IncomingMessage): string | undefined;
}

/** A session and its access token in the clear. */
interface Opened {
  readonly session: Session;
  readonly accessToken: string;
}

/** Codes of answers that refuse an access token which another one of the same session may replace. */
const replaceable: ReadonlySet<string> = new Set(['token_revoked', 'token_expired', 'invalid_token']);

/** Keeps the answer of a service that refused a token which is valid here, when there is no other token. */
function asItWas(error: unknown): undefined {
  if (!(error instanceof GatewayError) || error.code !== 'cannot_refresh') throw error;
}

function rethrow(error: unknown): never {
  throw error;
}

const bearer: Visitor = { kind: 'bearer' };
const anonymous: Visitor = { kind: 'anonymous' };

/** Creates the authorizer. A request with both a session cookie and an Authorization header is refused. */
export function createAuthorize(options: AuthorizeOptions): Authorize {
  const { cookie, sameOrigin, find, renewal, seal, revocationOf, drop, askerOf } = options;

  async function over(session: Session, reason: string, req: IncomingMessage): Promise<never> {
    await drop(session, reason, askerOf(req));
    throw new GatewayError('no_session', reason);
  }

  async function open(session: Session, req: IncomingMessage): Promise<Opened> {
    const accessToken = seal.openOften(session.accessToken, `access ${session.hash}`);
    if (accessToken === undefined) return over(session, 'no key opens its tokens', req);
    return { session, accessToken };
  }

  /** The session with an access token that is good as far as is known here: one that is not is replaced, once. */
  async function current(hash: string, req: IncomingMessage): Promise<Opened> {
    const renewed = renewal.fresh(await find(hash), () => askerOf(req));
    const opened = await open(renewed instanceof Promise ? await renewed : renewed, req);
    switch (revocationOf(opened.accessToken, opened.session.sid)) {
      case undefined:
        return opened;
      case 'session_ended':
        return over(opened.session, 'it ended at the user app', req);
      case 'claims_changed':
        return replaced(opened.session, req);
    }
  }

  async function replaced(session: Session, req: IncomingMessage): Promise<Opened> {
    return open(await renewal.replace(session, askerOf(req)), req);
  }

  async function visit(req: IncomingMessage, hash: string): Promise<Visitor> {
    const { session, accessToken } = await current(hash, req);
    return {
      kind: 'session',
      session: session.id,
      accessToken,
      async onRefused(code) {
        if (!replaceable.has(code)) return undefined;
        return (await replaced(session, req).catch(code === 'invalid_token' ? asItWas : rethrow))?.accessToken;
      },
    };
  }

  function cookieHash(req: IncomingMessage): string | undefined {
    const ids = cookie.read(req.headers.cookie);
    if (ids.length > 1) throw new GatewayError('two_cookies', 'more than one session cookie');
    const [id] = ids;
    if (id === undefined) return undefined;
    if (req.headers.authorization !== undefined) {
      throw new GatewayError('two_credentials', 'a session cookie and Authorization');
    }
    // What cannot be an id gets a hash that no session has.
    return isSessionId(id) ? hashSessionId(id) : noSession;
  }

  function authorize(req: IncomingMessage): Visitor | Promise<Visitor> {
    const hash = cookieHash(req);
    if (hash !== undefined) {
      sameOrigin.assertOwn(req);
      return visit(req, assertHash(hash));
    }
    if (req.headers.authorization !== undefined) return bearer;
    sameOrigin.assertNotForeign(req);
    return anonymous;
  }

  return Object.assign(authorize, {
    async session(req: IncomingMessage) {
      const hash = cookieHash(req);
      if (hash === undefined) throw new GatewayError('no_session', 'no cookie');
      return (await current(assertHash(hash), req)).session;
    },
    cookieHash,
  });
}

/** Not a hash: no cookie has this one. */
const noSession = '';

function assertHash(hash: string): string {
  if (hash === noSession) throw new GatewayError('no_session', 'not a session id');
  return hash;
}
