export type UserErrorCode =
  | 'email_taken'
  | 'invalid_credentials'
  | 'invalid_refresh_token'
  | 'scope_not_available'
  | 'audience_not_available'
  | 'user_not_found'
  | 'session_not_found'
  | 'session_over'
  | 'rights_gone'
  | 'own_rights'
  | 'last_admin'
  | 'password_changed'
  | 'token_too_early'
  | 'account_busy'
  | 'too_busy'
  | 'changed_meanwhile'
  | 'contact_not_given';

/** The one error of this service's rules. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: UserErrorCode;
  /** Why, for the log. */
  readonly reason: string | undefined;

  constructor(code: UserErrorCode, reason?: string) {
    super(reason === undefined ? code : `${code}: ${reason}`);
    this.code = code;
    this.reason = reason;
  }
}
