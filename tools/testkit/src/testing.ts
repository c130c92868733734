import { randomBytes } from 'node:crypto';
import { env } from 'node:process';

import { createFromTemplate, dropDatabase } from '@auth/dev/postgres/databases';
import type { DatabaseName } from '@auth/dev/stack/services';
import { readTestServer, testName, testUrl } from './test-server.ts';

/** Postgres for a test that stops it. All other tests share the one of the run: `openTestDatabase`. */
export { type Postgres, startPostgres } from '@auth/dev/postgres/postgres';

/** PgBouncer for a test that needs a pooler in front of its database. */
export {
  hasPgBouncer,
  type PgBouncer,
  type PgBouncerOptions,
  skipsWithoutPgBouncer,
  startPgBouncer,
} from './pgbouncer.ts';
export { openPlainProgram, type PlainProgram } from './plain-program.ts';
export { type RawRefusal, rawAccepted, rawRefusals, refusedRequest, sendRawRequest } from './raw-requests.ts';
export { findRedis, type RedisForTests } from './redis-for-tests.ts';
/** Redis for a test that stops it. All other tests share the one of the run: `openTestRedis`. */
export { hasRedisServer, type RedisServer, startRedisServer } from './redis-server.ts';
export { howToGetRedis, openTestRedis, skipsWithoutRedis, type TestRedis } from './test-redis.ts';

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string;
  /** Removes the database, and closes its connections. */
  drop(): Promise<void>;
}

/** Opens a new database for a test: migrated, empty, on the Postgres of the test run. */
export async function openTestDatabase(service: DatabaseName): Promise<TestDatabase> {
  // A test process has no main file that could pass its environment.
  const server = readTestServer(env);
  const url = testUrl(server, `${service}_${randomBytes(6).toString('hex')}`);
  await createFromTemplate(url, testName(server, service));
  return { url, drop: () => dropDatabase(url) };
}
