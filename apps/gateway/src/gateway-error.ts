export type GatewayErrorCode =
  /** The cookie belongs to no running session. */
  | 'no_session'
  /** The user has no such session. */
  | 'session_not_found'
  /** The store does not answer, so it is not known whether there is a session. */
  | 'no_answer_from_store'
  /** The session needs another access token, and the user app cannot give one now. The session is kept. */
  | 'cannot_refresh'
  /** The user app gave an access token that is not valid. */
  | 'foreign_token'
  /** Two credentials, which may be of two users. */
  | 'two_credentials'
  | 'two_cookies'
  /** A page of another site sent the request, or its origin is unknown. */
  | 'cross_site'
  /** A browser lets other sites send this content type without a preflight. */
  | 'not_json';

/** The error with which the rules of the gateway refuse a request. `reason` is for the log. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;
  readonly reason: string;

  constructor(code: GatewayErrorCode, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.code = code;
    this.reason = reason;
  }
}
