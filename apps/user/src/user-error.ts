export type UserErrorCode =
  | 'email_taken'
  | 'invalid_credentials'
  | 'invalid_refresh_token'
  | 'scope_not_available'
  | 'audience_not_available'
  | 'user_not_found'
  | 'session_not_found'
  | 'session_ended'
  | 'admin_role_removed'
  | 'own_rights'
  | 'last_admin'
  | 'password_changed'
  | 'token_too_early'
  | 'account_busy'
  | 'too_busy'
  | 'changed_meanwhile'
  | 'contact_not_given';

/** The only error class that the rules of this service throw. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  /** The reason, for the log. */
  readonly reason: string | undefined;

  constructor(code: UserErrorCode, reason?: string) {
    super(reason === undefined ? code : `${code}: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}
