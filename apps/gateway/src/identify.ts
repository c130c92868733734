import { GatewayError } from './gateway-error.ts';
import type { Identity } from './session.ts';

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
  /** Whether it threw because the session is over. */
  readonly isRevocation: (error: unknown) => boolean;
}

/** Reads access tokens: only what is verified is believed, also of what the user app itself has sent. */
export function createIdentify({ verify, isRevocation }: IdentifyOptions) {
  return {
    /** Whose it is; `refused` when its session is over. @throws GatewayError `foreign_token` for any other that is not good */
    identify(accessToken: string): Identity | 'refused' {
      try {
        const { sub, sid, roles, scope, iat, exp } = verify(accessToken);
        return { userId: sub, sid, roles, scope, issuedAt: iat, expiresAt: exp };
      } catch (error) {
        if (isRevocation(error)) return 'refused';
        throw new GatewayError('foreign_token', 'the user app gave a token that is not good here', { cause: error });
      }
    },

    /** Whether it was taken back, as far as is known here. One that has expired was not. */
    isRevoked(accessToken: string): boolean {
      try {
        verify(accessToken);
        return false;
      } catch (error) {
        return isRevocation(error);
      }
    },
  };
}
