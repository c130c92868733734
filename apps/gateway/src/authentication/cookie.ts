import type { IncomingMessage } from 'node:http';
import type { Client, ClientOf } from '../client.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Renewal } from '../sessions/renewal.ts';
import type { Seal } from '../sessions/seal.ts';
import type { Session } from '../sessions/session.ts';
import { hashSessionId, isSessionId } from '../sessions/session-id.ts';
import type { FindSession } from '../sessions/session-lookup.ts';
import type { Authenticate, SessionAuthentication } from './authentication.ts';
import type { Revocation } from './identify.ts';
import type { SameOrigin } from './same-origin.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface CookieOptions {
  readonly cookie: SessionCookie;
  readonly sameOrigin: SameOrigin;
  readonly find: FindSession;
  readonly renewal: Pick<Renewal, 'fresh' | 'replace'>;
  readonly seal: Pick<Seal, 'openOften'>;
  /** Returns whether an access token of a session is revoked, by the revocation feed of this process. */
  readonly revocationOf: (accessToken: string, sid: string) => Revocation | undefined;
  /** Ends a session in the gateway only: it has already ended at the user app. */
  readonly drop: (session: Session, reason: string, client: Client) => Promise<void>;
  readonly clientOf: ClientOf;
}

/** Authenticates clients by their session cookie. */
export interface CookieAuthentication {
  readonly authenticate: Authenticate;
  /**
   * Returns the session of the cookie. By its access token and the revocation feed it has not ended at the user app either.
   *
   * @throws GatewayError `no_session`; `cannot_refresh` while that cannot be known; for two cookies
   */
  session(req: IncomingMessage): Promise<Session>;
  /**
   * Returns the hash of the cookie without a look-up, for routes that end or replace its session; `undefined` without a
   * cookie, and `''` for a value that is no session id.
   *
   * @throws GatewayError for two cookies
   */
  cookieHash(req: IncomingMessage): string | undefined;
}

/** A session and its decrypted access token. */
interface Opened {
  readonly session: Session;
  readonly accessToken: string;
}

/** Problem codes of services that another access token of the same session may avoid. */
const replaceable: ReadonlySet<string> = new Set(['token_revoked', 'token_expired', 'invalid_token']);

/** Keeps the answer of a service that refused a token which is valid here, when there is no other token. */
function keepAnswer(error: unknown): undefined {
  if (!(error instanceof GatewayError) || error.code !== 'cannot_refresh') throw error;
}

function rethrow(error: unknown): never {
  throw error;
}

/** Creates the authentication by cookie. A request that changes something must come from a page of the gateway. */
export function createCookieAuthentication(options: CookieOptions): CookieAuthentication {
  const { cookie, sameOrigin, find, renewal, seal, revocationOf, drop, clientOf } = options;

  async function end(session: Session, reason: string, req: IncomingMessage): Promise<never> {
    await drop(session, reason, clientOf(req));
    throw new GatewayError('no_session', reason);
  }

  async function open(session: Session, req: IncomingMessage): Promise<Opened> {
    const accessToken = seal.openOften(session.accessToken, `access ${session.hash}`);
    if (accessToken === undefined) return end(session, 'no key opens its tokens', req);
    return { session, accessToken };
  }

  /** Returns the session with a valid access token: an expired or revoked one is replaced, once. */
  async function current(hash: string, req: IncomingMessage): Promise<Opened> {
    if (hash === noSession) throw new GatewayError('no_session', 'not a session id');
    const renewed = renewal.fresh(await find(hash), () => clientOf(req));
    const opened = await open(renewed instanceof Promise ? await renewed : renewed, req);
    switch (revocationOf(opened.accessToken, opened.session.sid)) {
      case undefined:
        return opened;
      case 'session_ended':
        return end(opened.session, 'it ended at the user app', req);
      case 'claims_changed':
        return replaced(opened.session, req);
    }
  }

  async function replaced(session: Session, req: IncomingMessage): Promise<Opened> {
    return open(await renewal.replace(session, clientOf(req)), req);
  }

  async function authenticateSession(hash: string, req: IncomingMessage): Promise<SessionAuthentication> {
    const { session, accessToken } = await current(hash, req);
    return {
      kind: 'session',
      session: session.id,
      accessToken,
      async onRefused(code) {
        if (!replaceable.has(code)) return undefined;
        return (await replaced(session, req).catch(code === 'invalid_token' ? keepAnswer : rethrow))?.accessToken;
      },
    };
  }

  function cookieHash({ headers }: IncomingMessage): string | undefined {
    const ids = cookie.read(headers.cookie);
    if (ids.length > 1) throw new GatewayError('two_cookies', 'more than one session cookie');
    const [id] = ids;
    if (id === undefined) return undefined;
    return isSessionId(id) ? hashSessionId(id) : noSession;
  }

  return {
    authenticate(req) {
      const hash = cookieHash(req);
      if (hash === undefined) return undefined;
      sameOrigin.assertOwn(req);
      return authenticateSession(hash, req);
    },
    async session(req) {
      const hash = cookieHash(req);
      if (hash === undefined) throw new GatewayError('no_session', 'no cookie');
      return (await current(hash, req)).session;
    },
    cookieHash,
  };
}

/** The hash of a cookie value that is no session id. No session has it. */
const noSession = '';
