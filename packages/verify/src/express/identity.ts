import type { Request } from 'express';
import type { AccessTokenClaims } from '../access-token-claims.ts';
import type { ServiceCall } from '../service-call.ts';

interface VerifiedUser {
  readonly claims: AccessTokenClaims;
  readonly token: string;
}

// Keyed by the request itself: no property that another middleware could set or overwrite.
const users = new WeakMap<Request, VerifiedUser>();
const calls = new WeakMap<Request, ServiceCall>();

export function rememberUser(req: Request, user: VerifiedUser): void {
  users.set(req, user);
}

export function rememberCall(req: Request, call: ServiceCall): void {
  calls.set(req, call);
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
export function callerOf(req: Request): ServiceCall {
  const call = calls.get(req);
  if (call === undefined) throw new Error(`${req.method} ${req.path} needs requireCaller() on the route`);
  return call;
}

/** Who a request comes from, as far as verified: for a log line. */
export function identityOf(req: Request): { user?: string; caller?: string } {
  const user = users.get(req)?.claims.sub;
  const caller = calls.get(req)?.caller;
  return { ...(user === undefined ? {} : { user }), ...(caller === undefined ? {} : { caller }) };
}

function verifiedUser(req: Request): VerifiedUser {
  const user = users.get(req);
  if (user === undefined) throw new Error(`${req.method} ${req.path} needs requireUser() on the route`);
  return user;
}
