import type { AccessTokenVerifier } from './access-token.ts';
import type { VerifiedClaims } from './access-token-claims.ts';
import { AuthError } from './auth-error.ts';
import type { AuthErrorCode } from './problems.ts';

/** The outcome of a verification: a closed set, fit for a metric label. */
export type VerificationOutcome = 'accepted' | AuthErrorCode;

/** Wraps a verifier: `onOutcome` is called with the outcome of each verification, and with nothing of the token. */
export function observed<Claims extends VerifiedClaims>(
  verifier: AccessTokenVerifier<Claims>,
  onOutcome: (outcome: VerificationOutcome) => void,
): AccessTokenVerifier<Claims> {
  return {
    verify(token) {
      try {
        const claims = verifier.verify(token);
        onOutcome('accepted');
        return claims;
      } catch (error) {
        if (error instanceof AuthError) onOutcome(error.code);
        throw error;
      }
    },
  };
}
