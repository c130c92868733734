import type { VerifiedClaims } from './access-token-claims.ts';
import type { AuthenticatedCall } from './auth-error.ts';
import type { OperationPolicy } from './operation.ts';

/** A request on the route of an operation. */
export interface IncomingCall {
  readonly operation: OperationPolicy;
  readonly method: string;
  /** The request target as received: path and query bytes. */
  readonly target: string;
  readonly serviceToken: string;
  /** The Bearer token of the same request, if there is one. */
  readonly accessToken: string | undefined;
}

/** The calling service, and the user it acts for. */
export interface ServiceCall extends AuthenticatedCall {
  readonly operation: string;
  /** The user whose access token travels along; never taken from the service token. */
  readonly user: VerifiedClaims | undefined;
}

/** A call that has passed all checks except those of content and single use. */
export interface PendingCall extends ServiceCall {
  /**
   * Checks that the content is what the caller signed, then marks the token as used.
   *
   * @param beforeUse called between the two steps; an error that it throws rejects the call, and the token stays unused
   * @throws AuthError `invalid_service_token`, or `unavailable` when the use cannot be recorded
   */
  accept(content: Uint8Array, beforeUse?: () => void): Promise<ServiceCall>;
}
