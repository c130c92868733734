import { migrateServices } from './migrate-services.ts';
import { runCommand } from './run-command.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

await runCommand(() => migrateServices(process.argv.slice(2), { env: process.env, print }));
