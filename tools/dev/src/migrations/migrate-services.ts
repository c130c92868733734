import { resolve } from 'node:path';

import type { CommandSpec } from '@auth/command';
import { readCommandLine, refuse } from '@auth/command';
import { migrate } from '@auth/db/migrate';
import { ensureDatabase } from '../postgres/databases.ts';
import { usePostgres } from '../postgres/postgres.ts';
import { directUrlOf, readPoolerSettings } from '../stack/direct-urls.ts';
import type { DatabaseName } from '../stack/services.ts';
import { databaseNames, databaseSetting, repositoryRoot } from '../stack/services.ts';
import { parseDatabaseName } from './arguments.ts';

const spec = {
  name: 'pnpm db:migrate',
  summary: 'Applies the pending migrations of the named services, or of all.',
  arguments: ['[<service>]…'],
  notes: [
    `The databases are those of ${databaseNames.map(databaseSetting).join(', ')}.`,
    'When none of these is set: those of pnpm dev.',
    'Behind a pooler (DATABASE_POOLER=transaction) each needs its DATABASE_DIRECT_URL_… as well.',
  ],
} as const satisfies CommandSpec;

/** Implements `pnpm db:migrate`: creates missing databases, migrates them, and reports one line per service. */
export async function migrateServices(
  args: readonly string[],
  options: { env: Readonly<Record<string, string | undefined>>; print: (line: string) => void },
): Promise<void> {
  const { env, print } = options;
  const line = readCommandLine(spec, args);
  if (line.help !== undefined) return print(line.help);
  const named = line.words.map((text) => parseDatabaseName(spec, text));
  const given = (name: DatabaseName): string | undefined => env[databaseSetting(name)] || undefined;
  if (databaseNames.every((name) => given(name) === undefined)) return migrateEmbedded(named, env['DATA_DIR'], print);
  const chosen = named.length > 0 ? named : databaseNames.filter((name) => given(name) !== undefined);
  const missing = chosen.find((name) => given(name) === undefined);
  if (missing !== undefined) refuse(spec, `set ${databaseSetting(missing)}: another one is set`);
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
