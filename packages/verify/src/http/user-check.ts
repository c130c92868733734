import type { AccessTokenVerifier } from '../access-token.ts';
import type { VerifiedClaims } from '../access-token-claims.ts';
import { AuthError } from '../auth-error.ts';
import { readBearer } from './bearer.ts';
import type { RawHeaders } from './header-values.ts';
import { createStaleCheck, type RevocationStaleOptions } from './revocation-stale.ts';
import { createScopeCheck } from './scope-check.ts';

/** A user with a valid access token: its claims, and the token itself, to forward it. */
export interface VerifiedUser<Claims extends VerifiedClaims = VerifiedClaims> {
  readonly claims: Claims;
  readonly token: string;
}

/** What a request needs besides a valid token. */
export type UserCheckOptions = RevocationStaleOptions & {
  /** The scope that the token must have, or a list of which it must have each; none unless given. */
  readonly scope?: string | readonly string[];
};

const optionNames = ['scope', 'onRevocationStale', 'revocations', 'protectedResource', 'onRefusal'];

/**
 * Creates the check on which every guard of users stands: it reads the Bearer token of a request from its header lines,
 * and verifies it.
 *
 * @returns a function that throws the AuthError of a refusal
 * @throws TypeError naming the guard, for a wrong option
 */
export function createUserCheck<Claims extends VerifiedClaims>(
  guard: string,
  verifier: AccessTokenVerifier<Claims>,
  options: UserCheckOptions,
): (rawHeaders: RawHeaders) => VerifiedUser<Claims> {
  if (typeof verifier?.verify !== 'function') throw new TypeError(`${guard} needs an access token verifier`);
  // A misspelt `scope` would check nothing.
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`${guard} has no option ${unknown}: its options are ${optionNames.join(', ')}`);
  const assertFresh = createStaleCheck(options);
  const assertScopes = options.scope === undefined ? () => {} : createScopeCheck(guard, options.scope);
  return (rawHeaders) => {
    const token = readBearer(rawHeaders);
    if (token === undefined) throw new AuthError('missing_token', 'absent');
    const claims = verifier.verify(token);
    assertFresh();
    assertScopes(claims.scopes);
    return { claims, token };
  };
}
