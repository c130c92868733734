import type { AccessTokenVerifier, RememberedTokens, RememberingVerifier } from './access-token.ts';
import type { VerifiedClaims } from './access-token-claims.ts';
import { longestToken } from './access-token-profile.ts';
import { AuthError } from './auth-error.ts';
import { readUnverifiedPayload } from './compact-jws.ts';

type ClaimsFrom<Verifiers extends readonly RememberingVerifier<VerifiedClaims>[]> = ReturnType<
  Verifiers[number]['verify']
>;

/** The verifier of the tokens of several issuers. */
export interface IssuersVerifier<Claims extends VerifiedClaims> extends AccessTokenVerifier<Claims> {
  /** The cached tokens of all issuers together. */
  memory(): RememberedTokens;
}

/**
 * Creates the verifier of tokens of several issuers: one verifier for each, chosen by the `iss` of a token and by
 * nothing else in it. Keys, audience, profile, revocations and cached tokens of each stay apart. Issuers that have one
 * name per tenant are listed one by one: names are compared as text, never as a pattern.
 *
 * @throws TypeError when the list is empty, or names an issuer twice
 */
export function createIssuers<const Verifiers extends readonly RememberingVerifier<VerifiedClaims>[]>(
  verifiers: Verifiers,
): IssuersVerifier<ClaimsFrom<Verifiers>>;
export function createIssuers(
  verifiers: readonly RememberingVerifier<VerifiedClaims>[],
): IssuersVerifier<VerifiedClaims> {
  if (!Array.isArray(verifiers) || verifiers.length === 0)
    throw new TypeError('createIssuers needs a list of verifiers');
  const all: readonly RememberingVerifier<VerifiedClaims>[] = [...verifiers];
  for (const verifier of all) {
    if (typeof verifier?.recall !== 'function' || typeof verifier.issuer !== 'string') {
      throw new TypeError('createIssuers needs verifiers from createAccessTokenVerifier');
    }
  }
  const byIssuer = new Map(all.map((verifier) => [verifier.issuer, verifier]));
  if (byIssuer.size < all.length) throw new TypeError('createIssuers needs verifiers of different issuers');

  return {
    verify(token) {
      // A cached token was verified with its issuer, so its payload need not be read again.
      for (const verifier of all) {
        const claims = verifier.recall(token);
        if (claims !== undefined) return claims;
      }
      const { iss } = readUnverifiedPayload(token, { maxLength: longestToken, code: 'invalid_token' });
      const verifier = typeof iss === 'string' ? byIssuer.get(iss) : undefined;
      if (verifier === undefined) throw new AuthError('invalid_token', 'issuer');
      return verifier.verify(token);
    },
    memory() {
      const parts = all.map((verifier) => verifier.memory());
      const sum = (member: keyof RememberedTokens) => parts.reduce((total, part) => total + part[member], 0);
      return { tokens: sum('tokens'), bytes: sum('bytes'), hits: sum('hits') };
    },
  };
}
