import type { Request } from 'express';
import type { AccessTokenClaims, VerifiedClaims } from '../access-token-claims.ts';
import type { ServiceCall } from '../service-call.ts';

interface VerifiedUser {
  readonly claims: VerifiedClaims;
  readonly token: string;
}

// The identity is stored on `rawHeaders`, the list of header lines that Node creates for each request. The keys are
// symbols of this module, so that no middleware can set them by name. A property on the request itself is slow: Express
// changes the prototype of a request, and V8 then makes a hidden class for each added property. That costs more than to
// verify a cached token.
const userKey = Symbol('verified user');
const callKey = Symbol('verified call');
interface Identity {
  [userKey]?: VerifiedUser;
  [callKey]?: ServiceCall;
}
type Identified = Request & { readonly rawHeaders: Identity };

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

export function attachUser({ rawHeaders }: Identified, user: VerifiedUser): void {
  rawHeaders[userKey] = user;
}

export function attachCall({ rawHeaders }: Identified, call: ServiceCall): void {
  rawHeaders[callKey] = call;
}

/**
 * Returns the claims of the verified user of a request: of the type that the verifier of `requireUser` on the same route
 * returns. Where the compiler does not see the guard, they have the type of this project's tokens.
 *
 * @throws Error when the route has no guard: a mistake in the route, answered 500, so the route is never open
 */
export function userOf<Req extends Identified>(req: Req): UserIn<Req> {
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
export function callerOf(req: Identified): ServiceCall {
  const call = identityIn(req)[callKey];
  if (call === undefined) throw new Error(`${req.method} ${req.path} needs requireCaller() on the route`);
  return call;
}

/** Returns the verified user and caller of a request, as far as there are any: for a log line. */
export function identityOf(req: Identified): { user?: string; caller?: string } {
  const { [userKey]: verified, [callKey]: call } = identityIn(req);
  const [user, caller] = [verified?.claims.sub, call?.caller];
  return { ...(user === undefined ? {} : { user }), ...(caller === undefined ? {} : { caller }) };
}

/** Returns the identity of a request; empty for an object without `rawHeaders`, such as one that a test made. */
function identityIn({ rawHeaders = {} }: { readonly rawHeaders?: Identity }): Identity {
  return rawHeaders;
}

function verifiedUser(req: Identified): VerifiedUser {
  const user = identityIn(req)[userKey];
  if (user === undefined) throw new Error(`${req.method} ${req.path} needs requireUser() on the route`);
  return user;
}
