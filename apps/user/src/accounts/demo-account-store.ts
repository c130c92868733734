import { demoAccounts } from '@auth/contracts/demo-accounts';
import { databaseTrouble } from '@auth/db/errors';
import type { UserDb } from '@auth/db/user';

/** The ids of the accounts that `pnpm dev` creates. Their passwords are public. */
export const demoAccountIds = Object.values(demoAccounts).map(({ id }) => id);

/** Refuses a start in production because of the content or the state of the database. */
export class UnfitDatabaseError extends Error {
  override readonly name = 'UnfitDatabaseError';
  readonly exitCode: number;

  constructor(message: string, { exitCode, cause }: { exitCode: number; cause?: unknown }) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/**
 * Refuses a database with demo accounts, which it recognises by their ids. Checks in production only, where the database
 * must therefore be available at the start.
 *
 * @throws UnfitDatabaseError with a line for each account and exit code 78; with exit code 1 when the database is not
 *   available
 */
export async function assertNoDemoAccounts(
  { client }: Pick<UserDb, 'client'>,
  { production }: { production: boolean },
): Promise<void> {
  if (!production) return;
  const found = await client.user
    .findMany({ where: { id: { in: demoAccountIds } }, orderBy: { id: 'asc' }, select: { id: true } })
    .catch((cause: unknown) => {
      const trouble = databaseTrouble(cause);
      if (trouble === undefined) throw cause;
      throw new UnfitDatabaseError(`DATABASE_URL: ${trouble.reason}`, { exitCode: 1, cause });
    });
  const lines = found.map(
    ({ id }) =>
      `DATABASE_URL names a database with the demo account ${id}, whose password is published. ` +
      `Set it to another database, or delete the account: delete from users where id = '${id}'`,
  );
  if (lines.length > 0) throw new UnfitDatabaseError(lines.join('\n'), { exitCode: 78 });
}
