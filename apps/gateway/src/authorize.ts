import type { IncomingMessage } from 'node:http';
import type { Asker, AskerOf } from './asker.ts';
import { GatewayError } from './gateway-error.ts';
import type { Visitor } from './proxy/visitor.ts';
import type { Renewal } from './renewal.ts';
import type { SameOrigin } from './same-origin.ts';
import type { Seal } from './seal.ts';
import type { Session } from './session.ts';
import type { SessionCookie } from './session-cookie.ts';
import { hashSessionId, isSessionId } from './session-id.ts';
import type { FindSession } from './session-lookup.ts';

export interface AuthorizeOptions {
  readonly cookie: SessionCookie;
  readonly sameOrigin: SameOrigin;
  readonly find: FindSession;
  readonly renewal: Pick<Renewal, 'fresh'>;
  readonly seal: Pick<Seal, 'openOften'>;
  /** Whether what stands in an access token was taken back, as far as is known here. */
  readonly isRevoked: (accessToken: string) => boolean;
  /** Ends a session of which the user app knows. */
  readonly drop: (session: Session, reason: string, asker: Asker) => Promise<void>;
  readonly askerOf: AskerOf;
}

/** Finds out who sends a request. */
export interface Authorize {
  /** @throws GatewayError */
  (req: IncomingMessage): Visitor | Promise<Visitor>;
  /**
   * The session of a request's cookie, for the gateway's own routes. @throws GatewayError `no_session` without one,
   * `dead_cookie` for one that opens nothing
   */
  session(req: IncomingMessage): Promise<Session>;
}

const bearer: Visitor = { kind: 'bearer' };
const anonymous: Visitor = { kind: 'anonymous' };

/** Makes it: the cookie before everything, and never a cookie together with a token of the client's own. */
export function createAuthorize(options: AuthorizeOptions): Authorize {
  const { cookie, sameOrigin, find, renewal, seal, isRevoked, drop, askerOf } = options;

  async function over(session: Session, reason: string, req: IncomingMessage): Promise<never> {
    await drop(session, reason, askerOf(req));
    throw new GatewayError('no_session', reason);
  }

  function open(session: Session, req: IncomingMessage): string | Promise<never> {
    return (
      seal.openOften(session.accessToken, `access ${session.hash}`) ?? over(session, 'no key opens its tokens', req)
    );
  }

  async function visit(req: IncomingMessage, id: string): Promise<Visitor> {
    const found = await find(hashOf(id));
    const renewed = renewal.fresh(found, () => askerOf(req));
    const session = renewed instanceof Promise ? await renewed : renewed;
    const opened = open(session, req);
    return {
      kind: 'session',
      session: session.id,
      accessToken: typeof opened === 'string' ? opened : await opened,
      async onRefused(code) {
        return code === 'token_revoked' ? over(session, 'its access token is revoked', req) : undefined;
      },
    };
  }

  function authorize(req: IncomingMessage): Visitor | Promise<Visitor> {
    const id = onlyOne(cookie.read(req.headers.cookie));
    const hasToken = req.headers.authorization !== undefined;
    if (id === undefined) {
      if (hasToken) return bearer;
      sameOrigin.assertNotForeign(req);
      return anonymous;
    }
    if (hasToken) throw new GatewayError('two_credentials', 'a session cookie and Authorization');
    sameOrigin.assertOwn(req);
    return visit(req, id);
  }

  return Object.assign(authorize, {
    async session(req: IncomingMessage) {
      const id = onlyOne(cookie.read(req.headers.cookie));
      if (id === undefined) throw new GatewayError('no_session', 'no cookie');
      if (req.headers.authorization !== undefined) {
        throw new GatewayError('two_credentials', 'a session cookie and Authorization');
      }
      try {
        const session = await find(hashOf(id));
        if (isRevoked(await open(session, req))) await over(session, 'its access token is revoked', req);
        return session;
      } catch (error) {
        if (!(error instanceof GatewayError) || error.code !== 'no_session') throw error;
        throw new GatewayError('dead_cookie', error.reason);
      }
    },
  });
}

/** A second cookie of the name was put there by somebody else: a browser keeps one. */
function onlyOne(ids: readonly string[]): string | undefined {
  if (ids.length > 1) throw new GatewayError('two_cookies', 'more than one session cookie');
  return ids[0];
}

function hashOf(id: string): string {
  if (!isSessionId(id)) throw new GatewayError('no_session', 'not a session id');
  return hashSessionId(id);
}
