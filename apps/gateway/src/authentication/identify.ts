import { GatewayError } from '../gateway-error.ts';
import type { Identity } from '../sessions/session.ts';

/** The claims of an access token that the gateway reads. */
interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly roles: readonly string[];
  readonly scope: string;
  readonly iat: number;
  readonly exp: number;
}

export interface IdentifyOptions {
  /** Verifies an access token. Throws for one that is not valid. */
  readonly verify: (accessToken: string) => Claims;
  /** Returns whether `verify` threw because the token is revoked. */
  readonly isRevocation: (error: unknown) => boolean;
  /** The revocations that this process knows. `null`: there is no revocation feed. */
  readonly revocations?: { isRevoked(sid: string, iat: number): boolean } | null;
}

/** Either no token of the session is valid any more, or only tokens issued from now on are. */
export type Revocation = 'session_ended' | 'claims_changed';

/** Creates the reader of access tokens. It verifies every token, also one that the user app has just sent. */
export function createIdentify({ verify, isRevocation, revocations = null }: IdentifyOptions) {
  return {
    /**
     * Returns the identity in a token; `refused` for a revoked one. @throws GatewayError `foreign_token` for any other
     * error
     */
    identify(accessToken: string): Identity | 'refused' {
      try {
        const { sub, sid, roles, scope, iat, exp } = verify(accessToken);
        return { userId: sub, sid, roles, scope, issuedAt: iat, expiresAt: exp };
      } catch (error) {
        if (isRevocation(error)) return 'refused';
        throw new GatewayError('foreign_token', 'the user app gave a token that is not valid here', { cause: error });
      }
    },

    /**
     * Returns whether an access token that has not expired is revoked, by the revocations that this process knows. Nearly
     * always this is one look-up in memory: only a token of a session with a revocation is verified.
     */
    revocationOf(accessToken: string, sid: string): Revocation | undefined {
      if (revocations === null || !revocations.isRevoked(sid, Number.NEGATIVE_INFINITY)) return undefined;
      // A revocation of tokens up to a time does not include this time: one that does is the end of the session.
      if (revocations.isRevoked(sid, Number.MAX_VALUE)) return 'session_ended';
      try {
        verify(accessToken);
        return undefined;
      } catch (error) {
        return isRevocation(error) ? 'claims_changed' : undefined;
      }
    },

    /** Returns whether a session ended at the user app, by the revocations that this process knows. */
    hasEnded: (sid: string): boolean => revocations?.isRevoked(sid, Number.MAX_VALUE) === true,
  };
}
