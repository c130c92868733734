import { openTestDatabase, skipsWithoutPgBouncer, startPgBouncer } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { type GatewayDb, openGatewayDb } from './databases/gateway.ts';
import { createConnection } from './session-client.ts';
import { databaseTrouble } from './unavailable.ts';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

/** Settings of a database or a role that would change the meaning of our SQL. */
const foreign = {
  timezone: `'Asia/Kolkata'`,
  datestyle: `'SQL, DMY'`,
  intervalstyle: 'sql_standard',
  search_path: 'pg_temp, nowhere',
  standard_conforming_strings: 'off',
  default_transaction_isolation: 'serializable',
  bytea_output: 'escape',
};

const nameOf = (url: string) => new URL(url).pathname.slice(1);

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = createConnection({ url });
  await client.connect();
  return work(client).finally(() => client.end());
}

const setAll = (test: TestDatabase, subject: string) =>
  withClient(test.url, async (client) => {
    for (const [name, value] of Object.entries(foreign)) await client.query(`alter ${subject} set ${name} to ${value}`);
  });

/** Opens a database with such settings for the role and for the database. */
async function openForeignDatabase() {
  const test = await openTestDatabase('gateway');
  const role = nameOf(test.url);
  await withClient(test.url, (client) => client.query(`create role ${role} superuser login password 'x'`));
  await setAll(test, `database ${role}`);
  await setAll(test, `role ${role}`);
  const url = new URL(test.url);
  [url.username, url.password] = [role, 'x'];
  return {
    url: url.href,
    async drop() {
      await test.drop();
      const maintenance = new URL(test.url);
      maintenance.pathname = '/postgres';
      await withClient(maintenance.href, (client) => client.query(`drop role ${role}`));
    },
  };
}

const session = (hash: number, at: Date) => ({
  hash: new Uint8Array([hash, 255]),
  userId: '019a0000-0000-7000-8000-000000000000',
  sid: '019a0000-0000-7000-8000-000000000001',
  roles: ['a'],
  scope: '',
  accessToken: new Uint8Array([1]),
  refreshToken: new Uint8Array([2]),
  accessExpiresAt: at,
  refreshAt: at,
  expiresAt: at,
});

/** Writes and reads a time with Prisma and with raw SQL. */
async function expectSameMoment(db: GatewayDb) {
  const at = new Date('2026-07-02T21:04:05.678Z');
  const { hash } = await db.client.session.create({ data: session(1, at) });
  const found = await db.client.session.findUniqueOrThrow({ where: { hash } });
  expect(found.expiresAt).toEqual(at);
  const text = `select date_part('epoch', expires_at) as at, '\\x' as text, created_at from sessions where hash = $1`;
  const [row] = await db.ask<{ at: number; text: string }>({ name: 'moment', text }, [hash]);
  expect(row).toMatchObject({ at: at.getTime() / 1000, text: '\\x' });
  const [raw] = await db.client.$queryRaw<{ expires_at: Date }[]>`select expires_at from sessions`;
  expect(raw?.expires_at).toEqual(at);
  const near = Date.now() - found.createdAt.getTime();
  expect(Math.abs(near)).toBeLessThan(600_000);
  await db.client.$executeRaw`delete from sessions where expires_at <= ${at}`;
  expect(await db.client.session.count()).toBe(0);
}

describe('a session with Postgres', () => {
  let database: Awaited<ReturnType<typeof openForeignDatabase>>;
  beforeAll(async () => {
    database = await openForeignDatabase();
  });
  afterAll(() => database.drop());

  it('has the same settings with any session settings of the database and the role', async () => {
    const db = openGatewayDb({ url: database.url });
    await expectSameMoment(db);
    await db.ping();
    const [row] = await db.ask<Record<string, string>>(
      {
        name: 'settings',
        text: `select current_setting('TimeZone') as zone, current_setting('search_path') as path,
          current_setting('transaction_isolation') as isolation, current_setting('statement_timeout') as timeout`,
      },
      [],
    );
    expect(row).toEqual({ zone: 'UTC', path: 'public', isolation: 'read committed', timeout: '5s' });
    await db.close();
  });

  (skipsWithoutPgBouncer('session settings through PgBouncer') ? it.skip : it)(
    'means the same through a stock PgBouncer',
    async () => {
      const name = nameOf(database.url);
      await withClient(database.url, async (client) => {
        for (const subject of [`database ${name}`, `role ${name}`]) {
          await client.query(`alter ${subject} reset search_path`);
        }
      });
      const pooler = await startPgBouncer({ target: database.url });
      const db = openGatewayDb({ url: pooler.url(name), pooler: 'transaction', poolMax: 5 });
      await Promise.all([1, 2, 3, 4].map(() => db.ping()));
      await expectSameMoment(db);
      // Each statement may run on another server connection: no statement may be prepared by name.
      await Promise.all(Array.from({ length: 20 }, () => db.ask({ name: 'one', text: 'select $1::int' }, [1])));
      await db.close();
      await pooler.stop();
    },
  );

  (skipsWithoutPgBouncer('time limits through PgBouncer') ? it.skip : it)(
    'ends a statement behind PgBouncer after the timeout, and closes its connection',
    async () => {
      const test = await openTestDatabase('gateway');
      const name = nameOf(test.url);
      const pooler = await startPgBouncer({ target: test.url });
      const db = openGatewayDb({ url: pooler.url(name), pooler: 'transaction', poolMax: 1, statementTimeoutMs: 100 });
      const asleep = () => db.client.$transaction((tx) => tx.$queryRaw`select pg_sleep(30)::text`);
      const error = await asleep().then(
        () => 'it did not fail',
        (reason: unknown) => reason,
      );
      expect(databaseTrouble(error)).toMatchObject({ kind: 'locked' });
      // The only slot of the pool is free again, with a connection that does not wait for the previous statement.
      expect(await db.client.session.count()).toBe(0);
      await db.close();
      await pooler.stop();
      await test.drop();
    },
  );
});
