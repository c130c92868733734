import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AccessTokenVerifier } from '../access-token.ts';
import type { VerifiedClaims } from '../access-token-claims.ts';
import { AuthError } from '../auth-error.ts';
import { readBearer } from './bearer.ts';
import { attachUser, type UserLocals, userOf } from './identity.ts';
import { createStaleCheck, type RevocationStaleOptions } from './revocation-stale.ts';

/** The guard of a route with a user: a `RequestHandler` that tells later handlers the type of the claims. */
export type UserGuard<Claims extends VerifiedClaims> = (
  req: Request,
  res: Response<unknown, UserLocals<Claims>>,
  next: NextFunction,
) => void;

/** Creates the guard that admits a request with a valid access token; `userOf(req)` then returns its claims. Checks no scope. */
export function requireUser<Claims extends VerifiedClaims>(
  verifier: AccessTokenVerifier<Claims>,
  options: RevocationStaleOptions = {},
): UserGuard<Claims> {
  if (typeof verifier?.verify !== 'function') throw new TypeError('requireUser needs an access token verifier');
  const assertFresh = createStaleCheck(options);
  return (req, _res, next) => {
    const token = readBearer(req);
    if (token === undefined) throw new AuthError('missing_token', 'absent');
    const claims = verifier.verify(token);
    assertFresh();
    attachUser(req, { claims, token });
    next();
  };
}

/** Creates the guard that admits a verified user whose token has the scope. Mount it after `requireUser`. */
export function requireScope(scope: string): RequestHandler {
  if (typeof scope !== 'string' || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) {
    throw new TypeError('requireScope needs one scope (RFC 6749 §3.3)');
  }
  return (req, _res, next) => {
    if (!userOf(req).scopes.has(scope)) throw new AuthError('insufficient_scope', 'scope', { scope });
    next();
  };
}
