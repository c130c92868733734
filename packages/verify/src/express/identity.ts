import type { Request } from 'express';
import type { AccessTokenClaims } from '../access-token-claims.ts';
import type { ServiceCall } from '../service-call.ts';

interface VerifiedUser {
  readonly claims: AccessTokenClaims;
  readonly token: string;
}

// On the list of its header lines, which is made for each request and which a guard has read: under keys that no other module
// has, so that no middleware can set them by name. After Express has changed the prototype of a request, each property that is added
// to the request itself makes a hidden class in V8, which costs more than to verify a remembered token. A list has no such fault.
const userKey = Symbol('verified user');
const callKey = Symbol('verified call');
interface Identity {
  [userKey]?: VerifiedUser;
  [callKey]?: ServiceCall;
}
type Identified = Request & { readonly rawHeaders: Identity };

export function rememberUser({ rawHeaders }: Identified, user: VerifiedUser): void {
  rawHeaders[userKey] = user;
}

export function rememberCall({ rawHeaders }: Identified, call: ServiceCall): void {
  rawHeaders[callKey] = call;
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
  const call = identityIn(req)[callKey];
  if (call === undefined) throw new Error(`${req.method} ${req.path} needs requireCaller() on the route`);
  return call;
}

/** Who a request comes from, as far as verified: for a log line. */
export function identityOf(req: Identified): { user?: string; caller?: string } {
  const { [userKey]: verified, [callKey]: call } = identityIn(req);
  const [user, caller] = [verified?.claims.sub, call?.caller];
  return { ...(user === undefined ? {} : { user }), ...(caller === undefined ? {} : { caller }) };
}

/** Empty for a request that is none, such as an object that a test made. */
function identityIn({ rawHeaders = {} }: { readonly rawHeaders?: Identity }): Identity {
  return rawHeaders;
}

function verifiedUser(req: Identified): VerifiedUser {
  const user = identityIn(req)[userKey];
  if (user === undefined) throw new Error(`${req.method} ${req.path} needs requireUser() on the route`);
  return user;
}
