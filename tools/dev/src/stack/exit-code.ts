import { MigrationError } from '@auth/db/migrate';
import { PostgresError } from '../postgres/error.ts';

/** The exit code for an error; `undefined` means that nobody foresaw it, so its stack is worth printing. */
export function readExitCode(error: unknown): number | undefined {
  if (error instanceof PostgresError || error instanceof MigrationError) return 1;
  if (!(error instanceof Error) || !('exitCode' in error)) return undefined;
  return typeof error.exitCode === 'number' ? error.exitCode : undefined;
}
