// Brings the database of one service up to date: node dist/src/deploy.js <service>, with DATABASE_URL.
import { argv, env, exit, stderr, stdout } from 'node:process';
import { MigrationError, migrate, services } from './migrate.ts';

const service = services.find((name) => name === argv[2]);
const url = env['DATABASE_URL'];
const usage = `usage: DATABASE_URL=postgresql://… node deploy.js ${services.join('|')}\n`;
if (argv.includes('--help') || argv.includes('-h')) {
  stdout.write(usage);
  exit(0);
}
if (service === undefined || !url || argv.length > 3) {
  stderr.write(usage);
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
