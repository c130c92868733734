import { resolve } from 'node:path';
import { defineCommand } from '@auth/command';
import { migrate } from '@auth/db/migrate';
import { devCommands } from '../commands.ts';
import { ensureDatabase } from '../postgres/databases.ts';
import { usePostgres } from '../postgres/postgres.ts';
import { directUrlOf, readPoolerSettings } from '../stack/direct-urls.ts';
import { type DatabaseName, databaseNames, databaseSetting, repositoryRoot } from '../stack/services.ts';
import { parseDatabaseName } from './arguments.ts';

/** Implements `pnpm db:migrate`: creates missing databases, migrates them, and reports one line per service. */
export const migrateCommand = defineCommand({
  ...devCommands['db:migrate'],
  async run({ words, variables, print, refuse }) {
    const named = words.map((text) => parseDatabaseName(text, { refuse }));
    const env: Readonly<Record<string, string | undefined>> = variables;
    const given = (name: DatabaseName) => env[databaseSetting(name)];
    if (databaseNames.every((name) => given(name) === undefined)) {
      await migrateEmbedded(named, variables.DATA_DIR, print);
      return;
    }
    const chosen = named.length > 0 ? named : databaseNames.filter((name) => given(name) !== undefined);
    const missing = chosen.find((name) => given(name) === undefined);
    if (missing !== undefined) refuse(`set ${databaseSetting(missing)}: another one is set`);
    const pooling = readPoolerSettings(env);
    const direct = chosen.map((name) => [name, directUrlOf(name, given(name) ?? '', pooling)] as const);
    for (const [name, url] of direct) await migrateOne(name, url, print);
  },
});

async function migrateEmbedded(
  named: readonly DatabaseName[],
  dataDir: string,
  print: (line: string) => void,
): Promise<void> {
  const postgres = await usePostgres({ dataDir: resolve(repositoryRoot, dataDir), onProgress: print });
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
