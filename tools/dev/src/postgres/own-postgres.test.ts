import { env } from 'node:process';
import { readTestServer } from '@auth/testkit/test-server';
import { describe, expect, it } from '@jest/globals';
import { openShadowDatabase } from '../migrations/shadow-database.ts';
import { createClosers } from '../stack/closers.ts';
import { openDatabases } from '../stack/prepared-databases.ts';
import { databaseNames } from '../stack/services.ts';
import { readSettings } from '../stack/settings.ts';
import { ownPostgresAdvice } from './own-postgres.ts';

/** The variables that the advice names, filled in with the server of this test run. */
function followed(): Record<string, string> {
  const { username, password, hostname, port } = new URL(readTestServer(env).url);
  const advice = ownPostgresAdvice()
    .replaceAll('<user>', username)
    .replaceAll('<password>', password)
    .replaceAll('<host>:5432', `${hostname}:${port || 5432}`);
  return Object.fromEntries(
    [...advice.matchAll(/(\w+)=(postgresql:\/\/\S+)/g)].map(([, name = '', url = '']) => [name, url]),
  );
}

describe('the advice for a machine on which the embedded Postgres does not run', () => {
  it('names every database, and starts no embedded Postgres when it is followed', async () => {
    const { TEST_DATABASE_URL, ...databases } = followed();
    expect(TEST_DATABASE_URL).toMatch(/\/postgres$/);
    const settings = readSettings(databases);
    expect(Object.keys(settings.databaseUrls)).toEqual([...databaseNames]);
    const said: string[] = [];
    const urls = await openDatabases(settings, { say: (_from, line) => said.push(line), closers: createClosers() });
    expect([urls, said]).toEqual([settings.databaseUrls, []]);
  });

  it('also serves pnpm db:diff, which needs an empty database', async () => {
    const { url, close } = await openShadowDatabase(followed());
    expect(new URL(url).port).toBe(new URL(readTestServer(env).url).port);
    await close();
  });
});
