import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../gateway-error.ts';
import { createAnonymous } from './anonymous.ts';
import type { Authentication } from './authentication.ts';
import { authenticateBearer } from './bearer.ts';
import { type CookieAuthentication, type CookieOptions, createCookieAuthentication } from './cookie.ts';

/** Authenticates the client of a request. All three throw a GatewayError for a request with two credentials. */
export interface Authorize extends Pick<CookieAuthentication, 'session' | 'cookieHash'> {
  /** @throws GatewayError for a request that must not be forwarded */
  (req: IncomingMessage): Authentication | Promise<Authentication>;
}

/** Creates the authorizer. A request with both a session cookie and an Authorization header is refused. */
export function createAuthorize(options: CookieOptions): Authorize {
  const cookie = createCookieAuthentication(options);
  const anonymous = createAnonymous(options.sameOrigin);

  /**
   * Two credentials may be of two users, and two parties may each use another one. @throws GatewayError two_credentials
   */
  function assertOneCredential(req: IncomingMessage): void {
    if (req.headers.authorization !== undefined && cookie.cookieHash(req) !== undefined) {
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
      return cookie.cookieHash(req);
    },
  });
}
