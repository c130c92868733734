/** What happens to accounts and sessions, for the audit trail. No e-mail address, no secret. */
export interface AccountEvent {
  readonly event:
    | 'register'
    | 'login'
    | 'refresh'
    /** A refresh token used twice, for which its session was ended. */
    | 'reuse'
    | 'logout'
    | 'password'
    | 'rehash'
    | 'roles'
    | 'disable'
    | 'enable';
  /** `limited`: refused because of too many tries before it. */
  readonly outcome: 'ok' | 'failed' | 'limited';
  /** The user it happened to; absent where there is no such user. */
  readonly user?: string | undefined;
  /** The session it happened to. */
  readonly sid?: string | undefined;
  /** The user who acted on another user; `operator` for a command with access to the database. */
  readonly by?: string | undefined;
  /** The number of sessions that the event ended, when one line stands for all of them. */
  readonly sessions?: number | undefined;
  /** Why, in words of ours. */
  readonly reason?: string | undefined;
}

/** Told of each event when it has happened. */
export type AccountAudit = (event: AccountEvent) => void;
