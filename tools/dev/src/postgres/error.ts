/** The reason why the embedded Postgres, or a database on any Postgres, cannot be used. */
export type PostgresErrorCode =
  | 'postgres_unsupported'
  | 'postgres_failed'
  | 'postgres_in_use'
  | 'postgres_version'
  | 'postgres_data_unusable'
  | 'port_in_use'
  | 'database_unreachable'
  | 'database_login_refused'
  | 'database_url_invalid'
  | 'database_failed';

/** A failure of the database below the stack. The message names the cause and the fix, never a password. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  readonly code: PostgresErrorCode;
  /** What a command exits with. */
  readonly exitCode = 1;

  constructor(code: PostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
