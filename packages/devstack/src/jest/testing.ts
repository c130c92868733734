import { randomBytes } from 'node:crypto';
import { env } from 'node:process';

import { createFromTemplate, dropDatabase } from '../postgres/databases.ts';
import { readTestServer, testName, testUrl } from './test-server.ts';

/** For a test that stops its Postgres. All others share the one of the run: `openTestDatabase`. */
export { type Postgres, startPostgres } from '../postgres/postgres.ts';

export { openPlainProgram, type PlainProgram } from './plain-program.ts';

export { findRedis, type RedisForTests } from './redis-for-tests.ts';

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string;
  /** Removes it, and ends what is still connected. */
  drop(): Promise<void>;
}

/** Opens a database of its own for a test: migrated, empty, on the Postgres of the test run. */
export async function openTestDatabase(service: 'user' | 'product' | 'order'): Promise<TestDatabase> {
  // A test process has no main file that could hand over its environment.
  const server = readTestServer(env);
  const url = testUrl(server, `${service}_${randomBytes(6).toString('hex')}`);
  await createFromTemplate(url, testName(server, service));
  return { url, drop: () => dropDatabase(url) };
}
