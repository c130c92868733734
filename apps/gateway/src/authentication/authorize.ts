import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../gateway-error.ts';
import type { Session } from '../sessions/session.ts';
import { createAnonymous } from './anonymous.ts';
import type { Authentication } from './authentication.ts';
import { authenticateBearer } from './bearer.ts';
import type { CookieOptions } from './cookie.ts';
import { createCookieAuthentication } from './cookie.ts';

/** Authenticates the client of a request. */
export interface Authorize {
  /** @throws GatewayError */
  (req: IncomingMessage): Authentication | Promise<Authentication>;
  /**
   * Returns the session of a request's cookie, for the gateway's own routes.
   *
   * @throws GatewayError `no_session`; `cannot_refresh` while it is not known whether it ended; for two credentials
   */
  session(req: IncomingMessage): Promise<Session>;
  /**
   * Returns the hash of a request's session cookie without a look-up, for routes that end or replace the session;
   * `undefined` without a cookie, and `''` for a value that is no session id.
   *
   * @throws GatewayError for two credentials
   */
  cookieHash(req: IncomingMessage): string | undefined;
}

/** Creates the authorizer. A request with both a session cookie and an Authorization header is refused. */
export function createAuthorize(options: CookieOptions): Authorize {
  const cookie = createCookieAuthentication(options);
  const anonymous = createAnonymous(options.sameOrigin);

  /**
   * Two credentials may be of two users, and two parties may each use another one. @throws GatewayError two_credentials
   */
  function assertOneCredential(req: IncomingMessage): void {
    if (req.headers.authorization !== undefined && cookie.hash(req) !== undefined) {
      throw new GatewayError('two_credentials', 'a session cookie and Authorization');
    }
  }

  function authorize(req: IncomingMessage): Authentication | Promise<Authentication> {
    assertOneCredential(req);
    return cookie.authenticate(req) ?? authenticateBearer(req) ?? anonymous(req);
  }

  return Object.assign(authorize, {
    async session(req: IncomingMessage) {
      assertOneCredential(req);
      return cookie.session(req);
    },
    cookieHash(req: IncomingMessage) {
      assertOneCredential(req);
      return cookie.hash(req);
    },
  });
}
