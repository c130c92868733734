import type { ServiceCall } from '../service-call.ts';
import type { RawHeaders } from './header-values.ts';
import type { VerifiedUser } from './user-check.ts';

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

/** A request of `node:http`, or of a framework on it. */
export interface Identified {
  readonly rawHeaders: RawHeaders & Identity;
}

export function attachUser({ rawHeaders }: Identified, user: VerifiedUser): void {
  rawHeaders[userKey] = user;
}

export function attachCall({ rawHeaders }: Identified, call: ServiceCall): void {
  rawHeaders[callKey] = call;
}

/** Returns the verified user of a request; `undefined` without one. */
export function findUser(req: Identified): VerifiedUser | undefined {
  return identityIn(req)[userKey];
}

/** Returns the verified call of a request; `undefined` without one. */
export function findCall(req: Identified): ServiceCall | undefined {
  return identityIn(req)[callKey];
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
