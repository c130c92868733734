/** An event of an account or a session, for the audit trail. It contains no e-mail address and no secret. */
export interface AccountEvent {
  readonly event:
    | 'register'
    | 'login'
    | 'refresh'
    /** A refresh token was reused, and its session ended. */
    | 'reuse'
    | 'logout'
    | 'password'
    | 'rehash'
    | 'roles'
    | 'disable'
    | 'enable';
  /** `limited`: a rate limit refused the attempt. */
  readonly outcome: 'ok' | 'failed' | 'limited';
  /** The user whose account it is; absent when there is no such user. */
  readonly user?: string | undefined;
  /** The id of the session. */
  readonly sid?: string | undefined;
  /** The admin who changed another user; `operator` for a command with access to the database. */
  readonly by?: string | undefined;
  /** The number of sessions that ended, when one event is written for several. */
  readonly sessions?: number | undefined;
  /** The reason, from a fixed set of texts. */
  readonly reason?: string | undefined;
}

/** Writes an event after it has happened. */
export type AccountAudit = (event: AccountEvent) => void;

/** Writes one event for all sessions that ended for the same reason; none when no session ended. */
export function auditEnded(
  audit: AccountAudit,
  options: { user: string; ended: { count: number; sid: string | undefined }; reason: string },
): void {
  const { user, ended, reason } = options;
  const { count, sid } = ended;
  if (count === 0) return;
  audit({ event: 'logout', outcome: 'ok', user, sid, reason, sessions: count > 1 ? count : undefined });
}
