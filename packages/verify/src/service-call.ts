import type { AccessTokenClaims } from './access-token-claims.ts';
import type { AuthenticatedCall } from './auth-error.ts';
import type { OperationPolicy } from './operation.ts';

/** A request that came in on the route of an operation. */
export interface IncomingCall {
  readonly operation: OperationPolicy;
  readonly method: string;
  /** The request target as received: path and query bytes. */
  readonly target: string;
  readonly serviceToken: string;
  /** The Bearer token beside it, if there is one. */
  readonly accessToken: string | undefined;
}

/** Who calls, for whom. */
export interface ServiceCall extends AuthenticatedCall {
  readonly operation: string;
  /** The user whose access token travels along; never taken from the service token. */
  readonly user: AccessTokenClaims | undefined;
}

/** A call that is good so far: its content and its single use are still to be checked. */
export interface PendingCall extends ServiceCall {
  /**
   * Compares the content with what the caller signed, and uses the token up.
   *
   * @param beforeUse called between the two, with content that the caller has signed; what it throws refuses the call,
   * and the token stays unused
   * @throws AuthError `invalid_service_token`, or `unavailable` when its use cannot be remembered
   */
  accept(content: Uint8Array, beforeUse?: () => void): Promise<ServiceCall>;
}
