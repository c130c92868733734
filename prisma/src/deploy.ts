// Migrates the database of one service: node dist/src/deploy.js <service>, with the service's own settings.
import { argv, env, exit, stderr, stdout } from 'node:process';
import { DatabaseUrlError } from './database-url.ts';
import { MigrationError, migrate, services } from './migrate.ts';

const service = services.find((name) => name === argv[2]);
const isPooled = (env['DATABASE_POOLER'] || 'none') !== 'none';
const url = env['DATABASE_DIRECT_URL'] || (isPooled ? '' : env['DATABASE_URL']);
const usage = `usage: DATABASE_URL=postgresql://… node deploy.js ${services.join('|')}\n`;
if (argv.includes('--help') || argv.includes('-h')) {
  stdout.write(usage);
  exit(0);
}
if (service === undefined || argv.length > 3) {
  stderr.write(usage);
  exit(64);
}
if (!url) {
  const pooled = 'DATABASE_POOLER is set: migrations need DATABASE_DIRECT_URL, a URL that goes past the pooler';
  stderr.write(`${service}: ${isPooled ? pooled : 'set DATABASE_URL=postgresql://…'}\n`);
  exit(isPooled ? 78 : 64);
}
try {
  const { applied } = await migrate({ url, service });
  stdout.write(`${service}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}\n`);
} catch (error) {
  if (!(error instanceof MigrationError || error instanceof DatabaseUrlError)) throw error;
  stderr.write(`${error.message}\n`);
  exit(error instanceof DatabaseUrlError ? error.exitCode : 1);
}
