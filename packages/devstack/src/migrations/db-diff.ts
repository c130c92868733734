import { startPostgres } from '../postgres/postgres.ts';
import type { ShadowDatabase } from './create-migration.ts';
import { createMigrationFor } from './create-migration.ts';
import { runCommand } from './run-command.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const openShadow = async (): Promise<ShadowDatabase> => {
  const postgres = await startPostgres({});
  return { url: postgres.url('postgres'), close: postgres.stop };
};

await runCommand(() => createMigrationFor(process.argv.slice(2), { now: new Date(), print, openShadow }));
