// Brings the database of one service up to date: node dist/src/deploy.js <service>, with DATABASE_URL.
import { argv, env, exit, stderr, stdout } from 'node:process';
import { MigrationError, migrate, services } from './migrate.ts';

const service = services.find((name) => name === argv[2]);
const url = env['DATABASE_URL'];
if (service === undefined || !url) {
  stderr.write(`usage: DATABASE_URL=postgresql://… node deploy.js ${services.join('|')}\n`);
  exit(64);
}
try {
  const { applied } = await migrate({ url, service });
  stdout.write(`${service}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}\n`);
} catch (error) {
  if (!(error instanceof MigrationError)) throw error;
  stderr.write(`${error.message}\n`);
  exit(1);
}
