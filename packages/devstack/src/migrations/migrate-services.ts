import { resolve } from 'node:path';

import { migrate } from '@auth/db/migrate';
import { ensureDatabase } from '../postgres/databases.ts';
import { usePostgres } from '../postgres/postgres.ts';
import { directUrlOf, readPoolerSettings } from '../stack/direct-urls.ts';
import type { DatabaseName } from '../stack/services.ts';
import { databaseNames, databaseSetting, repositoryRoot } from '../stack/services.ts';
import { parseDatabaseName, refuseUsage } from './arguments.ts';

const USAGE = `Usage: pnpm db:migrate [service…]

Applies the pending migrations of the services (all of them unless named) to the databases of DATABASE_URL_USER,
DATABASE_URL_PRODUCT, DATABASE_URL_ORDER and DATABASE_URL_GATEWAY, or, when none of these is set, to the databases of
pnpm dev. Behind a pooler (DATABASE_POOLER=transaction) each needs its DATABASE_DIRECT_URL_… as well.`;

/** `pnpm db:migrate`: creates what database is missing, migrates it, and reports one line per service. */
export async function migrateServices(
  args: readonly string[],
  options: { env: Readonly<Record<string, string | undefined>>; print: (line: string) => void },
): Promise<void> {
  const { env, print } = options;
  if (args.includes('--help') || args.includes('-h')) return print(USAGE);
  const named = args.map((text) => parseDatabaseName(text, USAGE));
  const given = (name: DatabaseName): string | undefined => env[databaseSetting(name)] || undefined;
  if (databaseNames.every((name) => given(name) === undefined)) return migrateEmbedded(named, env['DATA_DIR'], print);
  const chosen = named.length > 0 ? named : databaseNames.filter((name) => given(name) !== undefined);
  const missing = chosen.find((name) => given(name) === undefined);
  if (missing !== undefined) refuseUsage(`Set ${databaseSetting(missing)}: another one is set.`, USAGE);
  const pooling = readPoolerSettings(env);
  const direct = chosen.map((name) => [name, directUrlOf(name, given(name) ?? '', pooling)] as const);
  for (const [name, url] of direct) await migrateOne(name, url, print);
}

async function migrateEmbedded(
  named: readonly DatabaseName[],
  dataDir: string | undefined,
  print: (line: string) => void,
): Promise<void> {
  const postgres = await usePostgres({ dataDir: resolve(repositoryRoot, dataDir || '.data'), onProgress: print });
  try {
    for (const name of named.length > 0 ? named : databaseNames) {
      await migrateOne(name, postgres.url(name), print);
    }
  } finally {
    await postgres.stop();
  }
}

async function migrateOne(service: DatabaseName, url: string, print: (line: string) => void): Promise<void> {
  const created = await ensureDatabase(url);
  const { applied } = await migrate({ url, service });
  const done = [...(created ? ['created the database'] : []), ...applied.map((name) => `applied ${name}`)];
  print(`${service}: ${done.length > 0 ? done.join(', ') : 'nothing to do'}`);
}
