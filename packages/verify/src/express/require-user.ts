import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AccessTokenVerifier } from '../access-token.ts';
import type { VerifiedClaims } from '../access-token-claims.ts';
import { attachUser } from '../http/identity.ts';
import { assertScope, createScopeCheck } from '../http/scope-check.ts';
import { createUserCheck, type UserCheckOptions } from '../http/user-check.ts';
import { type UserLocals, userOf } from './identity.ts';

/** The guard of a route with a user: a `RequestHandler` that tells later handlers the type of the claims. */
export type UserGuard<Claims extends VerifiedClaims> = (
  req: Request,
  res: Response<unknown, UserLocals<Claims>>,
  next: NextFunction,
) => void;

/** Creates the guard that admits a request with a valid access token; `userOf(req)` then returns its claims. */
export function requireUser<Claims extends VerifiedClaims>(
  verifier: AccessTokenVerifier<Claims>,
  options: UserCheckOptions = {},
): UserGuard<Claims> {
  const check = createUserCheck('requireUser', verifier, options);
  return (req, _res, next) => {
    attachUser(req, check(req.rawHeaders));
    next();
  };
}

/** Creates the guard that admits a verified user whose token has the scope. Mount it after `requireUser`. */
export function requireScope(scope: string): RequestHandler {
  assertScope('requireScope', scope);
  const check = createScopeCheck('requireScope', scope);
  return (req, _res, next) => {
    check(userOf(req).scopes);
    next();
  };
}
