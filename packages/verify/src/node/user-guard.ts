import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessTokenVerifier } from '../access-token.ts';
import type { VerifiedClaims } from '../access-token-claims.ts';
import type { AuthenticateOptions } from '../http/authenticate.ts';
import { attachUser, findUser } from '../http/identity.ts';
import { pathOf } from '../http/protected-resource.ts';
import { answerOf, assertRefusalOptions, type Refusal, refusalOf } from '../http/refusal.ts';
import { createUserCheck, type VerifiedUser } from '../http/user-check.ts';
import { send } from './send.ts';

/** The guard of a request: it returns the claims of the user, or answers with the refusal and returns `undefined`. */
export type UserGuard<Claims extends VerifiedClaims> = (
  req: IncomingMessage,
  res: ServerResponse,
) => Claims | undefined;

export type UserGuardOptions = AuthenticateOptions & {
  /** Called with each refusal before it is sent, for the log. */
  readonly onRefusal?: (refusal: Refusal, req: IncomingMessage) => void;
};

/**
 * Creates the guard that admits a request of `node:http` with a valid access token.
 *
 * @returns a function that throws only for a mistake in the service: answer it 500
 * @throws TypeError for a wrong option
 */
export function createUserGuard<Claims extends VerifiedClaims>(
  verifier: AccessTokenVerifier<Claims>,
  options: UserGuardOptions = {},
): UserGuard<Claims> {
  const check = createUserCheck('createUserGuard', verifier, options);
  assertRefusalOptions(options);
  const { onRefusal = () => {} } = options;
  if (typeof onRefusal !== 'function') throw new TypeError('onRefusal must be a function');
  return (req, res) => {
    try {
      const user = check(req.rawHeaders);
      attachUser(req, user);
      return user.claims;
    } catch (error) {
      const fields = refusalOf(error, options);
      if (fields === undefined) throw error;
      const refusal = answerOf(fields);
      onRefusal(refusal, req);
      send(res, refusal);
      return undefined;
    }
  };
}

/**
 * Returns the claims that the guard has verified, where only the request is at hand. The guard returns the same object
 * with the type of its verifier.
 *
 * @throws Error when the guard was not called: a mistake in the service
 */
export function userOf(req: IncomingMessage): VerifiedClaims {
  return verifiedUser(req).claims;
}

/**
 * Returns the access token of the verified user, to forward it to a service that needs the user. Do not log it.
 * @throws Error as `userOf`
 */
export function accessTokenOf(req: IncomingMessage): string {
  return verifiedUser(req).token;
}

function verifiedUser(req: IncomingMessage): VerifiedUser {
  const user = findUser(req);
  if (user === undefined)
    throw new Error(`${req.method} ${pathOf(req.url)} needs the guard of createUserGuard() first`);
  return user;
}
