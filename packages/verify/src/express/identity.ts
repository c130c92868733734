import type { Request } from 'express';
import type { AccessTokenClaims } from '../access-token-claims.ts';
import type { ServiceCall } from '../service-call.ts';

interface VerifiedUser {
  readonly claims: AccessTokenClaims;
  readonly token: string;
}

// On the request itself, under keys that no other module has: no property that another middleware could set by its name.
// An entry of a WeakMap costs as much as reading the token, and keeps the request until a full collection.
const userKey = Symbol('verified user');
const callKey = Symbol('verified call');
type Identified = Request & { [userKey]?: VerifiedUser; [callKey]?: ServiceCall };

export function rememberUser(req: Identified, user: VerifiedUser): void {
  req[userKey] = user;
}

export function rememberCall(req: Identified, call: ServiceCall): void {
  req[callKey] = call;
}

/**
 * The verified user of a request.
 *
 * @throws Error when the route has no guard: a fault of the route, answered 500, never open
 */
export function userOf(req: Request): AccessTokenClaims {
  return verifiedUser(req).claims;
}

/** The access token itself, to pass on to an operation that needs the user. Not for logs. @throws Error as `userOf` */
export function accessTokenOf(req: Request): string {
  return verifiedUser(req).token;
}

/** The verified service that calls. @throws Error when the route is not guarded by `requireCaller` */
export function callerOf(req: Identified): ServiceCall {
  const call = req[callKey];
  if (call === undefined) throw new Error(`${req.method} ${req.path} needs requireCaller() on the route`);
  return call;
}

/** Who a request comes from, as far as verified: for a log line. */
export function identityOf(req: Identified): { user?: string; caller?: string } {
  const user = req[userKey]?.claims.sub;
  const caller = req[callKey]?.caller;
  return { ...(user === undefined ? {} : { user }), ...(caller === undefined ? {} : { caller }) };
}

function verifiedUser(req: Identified): VerifiedUser {
  const user = req[userKey];
  if (user === undefined) throw new Error(`${req.method} ${req.path} needs requireUser() on the route`);
  return user;
}
