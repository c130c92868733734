export type GatewayErrorCode =
  /** The cookie opens nothing, or not any more. */
  | 'no_session'
  /** The user has no such session. */
  | 'session_not_found'
  /** Nobody can say whether there is a session. */
  | 'no_answer_from_store'
  /** The session needs another access token, and nobody can be asked for one. */
  | 'cannot_refresh'
  /** The user app handed out a token that does not pass as its own. */
  | 'foreign_token'
  /** More than one credential at a time: they may be of different users. */
  | 'two_credentials'
  | 'two_cookies'
  /** A page of another site sent this, or nobody can tell. */
  | 'cross_site'
  /** A browser lets other sites send this type without asking. */
  | 'not_json';

/** What the rules of the gateway refuse with. `reason` is for the log. */
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
