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
  /** Verifies an access token; throws when it is not good. */
  readonly verify: (accessToken: string) => Claims;
  /** Whether it threw because the token is revoked. */
  readonly isRevocation: (error: unknown) => boolean;
  /** The cut-offs of sessions as they are known here, for `revocationOf`. `null`: there is no feed of them. */
  readonly revocations?: { isRevoked(sid: string, iat: number): boolean } | null;
}

/** No token of the session is good any more, or none that was issued so far: another one is. */
export type Revocation = 'session_ended' | 'claims_changed';

/** Reads access tokens: only what is verified is believed, also of what the user app itself has sent. */
export function createIdentify({ verify, isRevocation, revocations = null }: IdentifyOptions) {
  return {
    /** Whose it is; `refused` when it is revoked. @throws GatewayError `foreign_token` for any other that is not good */
    identify(accessToken: string): Identity | 'refused' {
      try {
        const { sub, sid, roles, scope, iat, exp } = verify(accessToken);
        return { userId: sub, sid, roles, scope, issuedAt: iat, expiresAt: exp };
      } catch (error) {
        if (isRevocation(error)) return 'refused';
        throw new GatewayError('foreign_token', 'the user app gave a token that is not good here', { cause: error });
      }
    },

    /**
     * Whether an access token of a session that has not expired is revoked, as far as is known here. Nearly always one look
     * into a table in memory; only a token of a session with a cut-off is verified.
     */
    revocationOf(accessToken: string, sid: string): Revocation | undefined {
      if (revocations === null || !revocations.isRevoked(sid, Number.NEGATIVE_INFINITY)) return undefined;
      // A cut-off at a time is before this one: what is cut off even then has ended.
      if (revocations.isRevoked(sid, Number.MAX_VALUE)) return 'session_ended';
      try {
        verify(accessToken);
        return undefined;
      } catch (error) {
        return isRevocation(error) ? 'claims_changed' : undefined;
      }
    },

    /** Whether a session ended at the user app, as far as is known here. */
    hasEnded: (sid: string): boolean => revocations?.isRevoked(sid, Number.MAX_VALUE) === true,
  };
}
