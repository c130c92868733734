import type { Request } from 'express';
import type { AccessTokenClaims, VerifiedClaims } from '../access-token-claims.ts';
import { findCall, findUser } from '../http/identity.ts';
import type { VerifiedUser } from '../http/user-check.ts';
import type { ServiceCall } from '../service-call.ts';

declare const claimsType: unique symbol;
/**
 * Carries the type of the claims from `requireUser` to `userOf`, in the type of `res.locals`, which Express passes from
 * guard to handler. It exists for the compiler alone: nothing is stored in `res.locals`.
 */
export interface UserLocals<Claims extends VerifiedClaims> {
  readonly [claimsType]?: Claims;
}
type UserIn<Req> = Req extends { res?: { locals: { readonly [claimsType]?: infer Claims } } | undefined }
  ? unknown extends Claims
    ? AccessTokenClaims
    : Exclude<Claims, undefined>
  : AccessTokenClaims;

/**
 * Returns the claims of the verified user of a request: of the type that the verifier of `requireUser` on the same route
 * returns. Where the compiler does not see the guard, they have the type of this project's tokens.
 *
 * @throws Error when the route has no guard: a mistake in the route, answered 500, so the route is never open
 */
export function userOf<Req extends Request>(req: Req): UserIn<Req> {
  return verifiedUser(req).claims as UserIn<Req>;
}

/**
 * Returns the access token of the verified user, to forward it to an operation that needs the user. Do not log it.
 * @throws Error as `userOf`
 */
export function accessTokenOf(req: Request): string {
  return verifiedUser(req).token;
}

/** Returns the verified calling service. @throws Error when the route is not guarded by `requireCaller` */
export function callerOf(req: Request): ServiceCall {
  const call = findCall(req);
  if (call === undefined) throw new Error(`${req.method} ${req.path} needs requireCaller() on the route`);
  return call;
}

function verifiedUser(req: Request): VerifiedUser {
  const user = findUser(req);
  if (user === undefined) throw new Error(`${req.method} ${req.path} needs requireUser() on the route`);
  return user;
}
