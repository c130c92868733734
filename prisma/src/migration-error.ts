/** The reasons why a database was not migrated. */
export type MigrationErrorCode =
  | 'migration_failed'
  | 'migration_edited'
  | 'migration_unfinished'
  | 'migration_unreadable'
  | 'migration_refused'
  | 'database_unreachable';

/** Thrown when a database was not migrated to the end. The message names the service and the fix. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationErrorCode;
  /** What a command exits with. */
  readonly exitCode = 1;
  /** The folder name of the migration, when one is to blame. */
  readonly migration: string | undefined;

  constructor(code: MigrationErrorCode, message: string, options: ErrorOptions & { migration?: string } = {}) {
    super(message, options);
    this.code = code;
    this.migration = options.migration;
  }
}
