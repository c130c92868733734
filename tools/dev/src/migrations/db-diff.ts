import { createMigrationFor } from './create-migration.ts';
import { runCommand } from './run-command.ts';
import { openShadowDatabase } from './shadow-database.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

await runCommand(() =>
  createMigrationFor(process.argv.slice(2), {
    now: new Date(),
    print,
    openShadow: () => openShadowDatabase(process.env),
  }),
);
