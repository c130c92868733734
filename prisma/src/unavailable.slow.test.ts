import { openTestDatabase, skipsWithoutPgBouncer, startPgBouncer } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openProductDb, type ProductDb } from './databases/product.ts';
import { databaseTrouble } from './errors.ts';

/** A function and a trigger that raise any SQLSTATE. */
const raise = `
  create function raise_state(state text) returns int language plpgsql as $$
    begin if state ~ '^[0-9A-Z]{5}$' then raise exception 'as asked' using errcode = state; end if; return 1; end $$;
  create function raise_sku() returns trigger language plpgsql as $$
    begin perform raise_state(new.sku); return new; end $$;
  create trigger raise_sku before insert or update on products for each row execute function raise_sku();`;

const product = (sku: string) => ({ sku, name: 'Mug', price: 1, currency: 'EUR', stock: 1 });

/** The ways in which a store uses its database. */
const ways: [string, (db: ProductDb, state: string) => PromiseLike<unknown>][] = [
  ['a write', ({ client }, state) => client.product.create({ data: product(state) })],
  ['a batch', ({ client }, state) => client.$transaction([client.product.create({ data: product(state) })])],
  ['a transaction', ({ client }, state) => client.$transaction((tx) => tx.product.create({ data: product(state) }))],
  ['raw SQL', ({ client }, state) => client.$queryRaw`select raise_state(${state})`],
  ['executed SQL', ({ client }, state) => client.$executeRaw`select raise_state(${state})`],
  ['SQL past Prisma', (db, state) => db.ask({ name: 'raise', text: 'select raise_state($1)' }, [state])],
];

const failure = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

describe('databaseTrouble', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  let db: ProductDb;
  beforeAll(async () => {
    test = await openTestDatabase('product');
    db = openProductDb({ url: test.url, statementTimeoutMs: 300 });
    for (const statement of raise.split(/;\n/)) await db.client.$executeRawUnsafe(statement);
  });
  afterAll(async () => {
    await db.close();
    await test.drop();
  });

  it.each([
    ['25006', 'read_only'],
    ['25P03', 'locked'],
    ['28P01', 'refused'],
    ['3D000', 'missing'],
    ['40001', 'conflict'],
    ['40P01', 'conflict'],
    ['42501', 'not_permitted'],
    ['42P01', 'not_migrated'],
    ['42703', 'not_migrated'],
    ['42883', 'not_migrated'],
    ['53100', 'full'],
    ['53200', 'resources'],
    ['53300', 'resources'],
    ['55P03', 'locked'],
    ['57014', 'locked'],
    ['57P01', 'unreachable'],
    ['58030', 'broken'],
    ['08P01', 'pooler'],
    ['08006', 'unreachable'],
    ['26000', 'pooler'],
    ['XX001', 'broken'],
  ])('classifies SQLSTATE %s as %s, in every way in which a store uses the database', async (state, kind) => {
    for (const [way, ask] of ways) {
      expect([way, databaseTrouble(await failure(ask(db, state)))]).toMatchObject([way, { kind }]);
    }
  });

  it.each(['22012', '22P02', '23505', '23514', '40002', '42601', 'P0001'])(
    'does not take SQLSTATE %s for trouble of the database',
    async (state) => {
      for (const [way, ask] of ways) {
        expect([way, databaseTrouble(await failure(ask(db, state)))]).toEqual([way, undefined]);
      }
    },
  );

  it('returns the reason in words, with the message of the database and its code', async () => {
    const trouble = databaseTrouble(await failure(db.client.product.create({ data: product('53100') })));
    expect(trouble?.reason).toBe('the disk of the database is full: as asked (53100)');
  });

  it('recognises a table that is locked', async () => {
    const other = openProductDb({ url: test.url });
    await other.client.$transaction(async (tx) => {
      await tx.$executeRaw`lock table products in access exclusive mode`;
      const calls = [
        db.client.product.findMany(),
        db.client.product.create({ data: product('mug') }),
        db.client.$transaction((inner) => inner.product.count()),
        db.client.$transaction((inner) => inner.product.count(), { timeout: 100 }),
        db.ask({ name: 'count', text: 'select count(*) from products' }, []),
        db.ping(),
      ];
      for (const error of await Promise.all(calls.map(failure))) {
        expect(databaseTrouble(error)).toMatchObject({ kind: 'locked' });
      }
    });
    await other.close();
    expect(await db.client.product.count()).toBe(0);
    await db.ping();
  });

  it('recognises a database that is read-only', async () => {
    const name = new URL(test.url).pathname.slice(1);
    await db.client.$executeRawUnsafe(`alter database ${name} set default_transaction_read_only = on`);
    const late = openProductDb({ url: test.url, poolMax: 1 });
    for (const call of [() => late.client.product.create({ data: product('mug') }), () => late.ping()]) {
      expect(databaseTrouble(await failure(call()))).toMatchObject({ kind: 'read_only' });
    }
    expect(await late.client.product.count()).toBe(0);
    // Sessions keep the setting they began with: each is closed after the first write that it refuses.
    await db.client.$executeRawUnsafe(`alter database ${name} reset default_transaction_read_only`);
    const write = () => late.client.$transaction((tx) => tx.product.create({ data: product('mug') }));
    const refusals = [await failure(write()), await failure(write())];
    expect(refusals.map((error) => databaseTrouble(error)?.kind ?? error)).toEqual(['read_only', 'it did not fail']);
    await late.close();
  });

  it.each([
    ['a server that does not speak TLS', { sslmode: 'require' }, 'tls'],
    ['a user that does not exist', { user: 'nobody_at_all' }, 'refused'],
    ['a database that does not exist', { path: '/nothing_at_all' }, 'missing'],
  ])('knows %s', async (_case, { sslmode, user, path }: { sslmode?: string; user?: string; path?: string }, kind) => {
    const url = new URL(test.url);
    if (sslmode !== undefined) url.searchParams.set('sslmode', sslmode);
    if (user !== undefined) url.username = user;
    if (path !== undefined) url.pathname = path;
    const wrong = openProductDb({ url: url.href });
    for (const [, ask] of ways) expect(databaseTrouble(await failure(ask(wrong, '1')))).toMatchObject({ kind });
    await wrong.close();
  });

  (skipsWithoutPgBouncer('what PgBouncer says of itself') ? it.skip : it)('knows what PgBouncer says', async () => {
    const pooler = await startPgBouncer({ target: test.url, settings: { max_client_conn: 1 } });
    const name = new URL(test.url).pathname.slice(1);
    const unannounced = openProductDb({ url: pooler.url(name) });
    const [first, second] = [1, 2].map(() =>
      openProductDb({ url: pooler.url(name), pooler: 'transaction', poolMax: 1 }),
    );
    const unknown = openProductDb({ url: pooler.url('nothing_at_all'), pooler: 'transaction' });
    expect(databaseTrouble(await failure(unannounced.ping()))).toMatchObject({
      kind: 'pooler',
      reason: expect.stringMatching(/set DATABASE_POOLER=transaction.*unsupported startup parameter.*08P01/),
    });
    expect(databaseTrouble(await failure(unknown.ping()))?.reason).toMatch(/does not exist/);
    await first?.ping();
    expect(databaseTrouble(await failure(second?.ping() ?? Promise.resolve()))).toMatchObject({ kind: 'pooler' });
    await Promise.all([unannounced, first, second, unknown].map((opened) => opened?.close()));
    await pooler.stop();
  });

  it.each([
    ['a failed fetch', () => fetch('http://127.0.0.1:1')],
    ['an error of the code', () => Promise.reject(new TypeError('x is not a function'))],
    ['a missing file', () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT', syscall: 'open' }))],
    ['nothing', () => Promise.reject(undefined)],
  ])('is undefined for %s', async (_case, call) => {
    expect(databaseTrouble(await failure(call()))).toBeUndefined();
  });
});
