import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { openTestDatabase, type Postgres, startPostgres } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openProductDb, type ProductDb } from './databases/product.ts';
import { isDatabaseUnavailable, isNotFound, isUniqueViolation } from './errors.ts';
import { migrate } from './migrate.ts';

const mug = { sku: 'mug', name: 'Mug', price: 1, currency: 'EUR', stock: 1 };

const failure = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

/** The ways in which a store uses its database. */
const calls: [string, (db: ProductDb) => PromiseLike<unknown>][] = [
  ['a read', ({ client }) => client.product.findMany()],
  ['a write', ({ client }) => client.product.create({ data: { ...mug, sku: 'other' } })],
  ['raw SQL', ({ client }) => client.$queryRaw`select 1`],
  ['a batch', ({ client }) => client.$transaction([client.product.count(), client.product.count()])],
  ['a transaction', ({ client }) => client.$transaction((tx) => tx.product.count())],
  ['a prepared statement', (db) => db.ask({ name: 'one', text: 'select $1::int' }, [1])],
  ['a ping', (db) => db.ping()],
];

describe('isDatabaseUnavailable', () => {
  describe('with a working Postgres', () => {
    let test: Awaited<ReturnType<typeof openTestDatabase>>;
    let db: ProductDb;
    beforeAll(async () => {
      test = await openTestDatabase('product');
      db = openProductDb({ url: test.url, poolMax: 2, statementTimeoutMs: 300 });
      await db.client.product.create({ data: mug });
    });
    afterAll(async () => {
      await db.close();
      await test.drop();
    });

    it.each<[string, (db: ProductDb) => PromiseLike<unknown>]>([
      ['a duplicate', ({ client }) => client.product.create({ data: mug })],
      ['a violated CHECK', ({ client }) => client.product.create({ data: { ...mug, sku: 'free', price: -1 } })],
      ['a missing row', ({ client }) => client.product.delete({ where: { sku: 'none' } })],
      ['a malformed id', ({ client }) => client.product.findUnique({ where: { id: 'x' } })],
      ['a syntax error', ({ client }) => client.$queryRawUnsafe('selec 1')],
      ['a failed fetch', () => fetch('http://127.0.0.1:1')],
      ['an error of the code', () => Promise.reject(new TypeError('x is not a function'))],
    ])('is false for %s', async (_case, call) => {
      const error = await failure(call(db));
      expect(error).toHaveProperty('message');
      expect(isDatabaseUnavailable(error)).toBe(false);
    });

    it('is true when no connection of the pool is free in time', async () => {
      const narrow = openProductDb({ url: test.url, poolMax: 1, connectTimeoutMs: 100 });
      await narrow.client.$transaction(async (tx) => {
        await tx.product.count();
        for (const [, call] of calls) expect(isDatabaseUnavailable(await failure(call(narrow)))).toBe(true);
        const impatient = narrow.client.$transaction((inner) => inner.product.count(), { maxWait: 20 });
        expect(isDatabaseUnavailable(await failure(impatient))).toBe(true);
      });
      await narrow.close();
    });

    it('distinguishes a duplicate, a missing row and other errors', async () => {
      const duplicate = await failure(db.client.product.create({ data: mug }));
      const missing = await failure(db.client.product.delete({ where: { sku: 'none' } }));
      const errors = [duplicate, missing, new Error('P2002'), undefined];
      expect(errors.map(isUniqueViolation)).toEqual([true, false, false, false]);
      expect(errors.map(isNotFound)).toEqual([false, true, false, false]);
    });
  });

  describe('with a stopped Postgres', () => {
    let dataDir: string;
    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'errors-'));
      await chmod(dataDir, 0o755);
    });
    afterAll(() => rm(dataDir, { recursive: true, force: true }));

    /** A cluster is slow to create: the tests share one, which is restarted for each. */
    const startProductPostgres = async (): Promise<Postgres> => {
      const postgres = await startPostgres({ dataDir });
      await migrate({ url: postgres.url('postgres'), service: 'product' });
      return postgres;
    };

    it.each<[string, NodeJS.Signals]>([
      ['is shut down', 'SIGINT'],
      ['crashes', 'SIGQUIT'],
    ])('is true for what runs, and for what comes after, when it %s', async (_case, signal) => {
      const postgres = await startProductPostgres();
      const db = openProductDb({ url: postgres.url('postgres') });
      const asleep = `select pg_sleep(30)::text`;
      const running = [
        failure(db.client.$queryRawUnsafe(asleep)),
        failure(db.client.$transaction((tx) => tx.$queryRawUnsafe(asleep))),
        failure(openTransaction(db, () => until(() => !isAlive(postgres.pid)))),
      ];
      await until(async () => (await sleepers(db)) === 2);
      kill(postgres.pid, signal);
      for (const error of await Promise.all(running)) expect(isDatabaseUnavailable(error)).toBe(true);
      for (const [, call] of calls) expect(isDatabaseUnavailable(await failure(call(db)))).toBe(true);
      await db.close();
      await postgres.stop();
    });

    it('is true while Postgres shuts down and refuses new sessions', async () => {
      const postgres = await startProductPostgres();
      const [last, late] = [
        openProductDb({ url: postgres.url('postgres') }),
        openProductDb({ url: postgres.url('postgres') }),
      ];
      await last.client.$transaction(async (tx) => {
        await tx.product.count();
        kill(postgres.pid, 'SIGTERM');
        await until(async () => (await failure(late.ping())) !== 'it did not fail');
        for (const [, call] of calls) expect(isDatabaseUnavailable(await failure(call(late)))).toBe(true);
      });
      await Promise.all([last.close(), late.close()]);
      await postgres.stop();
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    ['hangs up', (socket) => socket.destroy()],
  ])('is true for a server that %s', async (_case, onConnection) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = portOf(server.address());
    const db = openProductDb({ url: `postgresql://u:p@127.0.0.1:${port}/x`, connectTimeoutMs: 100 });
    for (const [, call] of calls) expect(isDatabaseUnavailable(await failure(call(db)))).toBe(true);
    await db.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is true for a host that has no address', async () => {
    const db = openProductDb({ url: 'postgresql://u:p@database.invalid/x' });
    for (const [, call] of calls) expect(isDatabaseUnavailable(await failure(call(db)))).toBe(true);
    await db.close();
  });
});

const openTransaction = (db: ProductDb, between: () => Promise<void>): Promise<number> =>
  db.client.$transaction(
    async (tx) => {
      await tx.product.count();
      await between();
      return tx.product.count();
    },
    { timeout: 15_000 },
  );

async function sleepers(db: ProductDb): Promise<number> {
  const sql = `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`;
  const [row] = await db.client.$queryRawUnsafe<{ n: number }[]>(sql);
  return row?.n ?? 0;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;
