import { MigrationError } from '@auth/db/migrate';
import { PostgresError } from '../postgres/error.ts';

/** Returns the exit code for an expected error; `undefined` for any other, whose stack is printed. */
export function readExitCode(error: unknown): number | undefined {
  if (error instanceof PostgresError || error instanceof MigrationError) return 1;
  if (!(error instanceof Error) || !('exitCode' in error)) return undefined;
  return typeof error.exitCode === 'number' ? error.exitCode : undefined;
}
