import { setTimeout as delay } from 'node:timers/promises';
import { openTestDatabase } from '@auth/testkit';
import { describe, expect, it } from '@jest/globals';
import { openOrderDb } from './databases/order.ts';
import { openProductDb } from './databases/product.ts';
import { openUserDb } from './databases/user.ts';
import { databaseTrouble } from './errors.ts';

describe('openUserDb', () => {
  it('stores dates, lists, JSON and bytes unchanged', async () => {
    const test = await openTestDatabase('user');
    const db = openUserDb({ url: test.url });
    const authTime = new Date('2026-01-02T03:04:05.678Z');
    const session = { scope: 'account', audience: ['user', 'order'], authTime, expiresAt: authTime };
    const refreshTokens = { create: { hash: new Uint8Array([1, 2, 255]) } };
    const address = { line1: '1 Main St', city: 'Oslo', postalCode: '0150', country: 'NO' };
    const { id } = await db.client.user.create({
      data: {
        email: 'ada@example.com',
        name: 'Ada',
        passwordHash: 'hash',
        roles: ['customer'],
        address,
        sessions: { create: { ...session, refreshTokens } },
      },
    });
    const found = await db.client.user.findUniqueOrThrow({
      where: { id },
      include: { sessions: { include: { refreshTokens: true } } },
    });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(found).toMatchObject({
      roles: ['customer'],
      address,
      disabledAt: null,
      sessions: [{ ...session, endedAt: null }],
    });
    expect([...(found.sessions[0]?.refreshTokens[0]?.hash ?? [])]).toEqual([1, 2, 255]);
    await db.client.user.delete({ where: { id } });
    expect(await db.client.refreshToken.count()).toBe(0);
    await db.close();
    await test.drop();
  });
});

describe('openOrderDb', () => {
  it('stores totals beyond 32 bits and rejects an unknown status', async () => {
    const test = await openTestDatabase('order');
    const db = openOrderDb({ url: test.url });
    const userId = '019a0000-0000-7000-8000-000000000000';
    const order = { userId, status: 'placed', total: 50_000_000_000n, currency: 'EUR' };
    const item = { position: 0, productId: userId, name: 'Mug', quantity: 2, unitPrice: 1 };
    const made = await db.client.order.create({
      data: { ...order, items: { create: [item] } },
      include: { items: true },
    });
    expect(made).toMatchObject({ ...order, contact: null, items: [item] });
    await expect(db.client.order.create({ data: { ...order, status: 'lost' } })).rejects.toThrow('orders_status_check');
    await db.close();
    await test.drop();
  });
});

describe('the readiness of the user database', () => {
  it('requires the functions that migrations create', async () => {
    const test = await openTestDatabase('user');
    const db = openUserDb({ url: test.url });
    await db.ping();
    await db.client.$executeRaw`drop function exchange_refresh_token`;
    const error = await db.ping().catch((caught: unknown) => caught);
    expect(databaseTrouble(error)).toMatchObject({ kind: 'not_migrated' });
    await db.close();
    await test.drop();
  });

  it('requires every privilege on its tables and functions, and names missing ones', async () => {
    const test = await openTestDatabase('user');
    const owner = openUserDb({ url: test.url });
    const role = `${new URL(test.url).pathname.slice(1)}_runtime`;
    const execute = (sql: string) => owner.client.$executeRawUnsafe(sql);
    await execute(`create role ${role} login password 'x'`);
    await execute(`revoke execute on all functions in schema public from public`);
    const url = new URL(test.url);
    [url.username, url.password] = [role, 'x'];
    const db = openUserDb({ url: url.href });
    const trouble = async () => databaseTrouble(await db.ping().catch((caught: unknown) => caught));

    expect(await trouble()).toMatchObject({ kind: 'not_permitted' });
    await execute(`grant select, insert, update on all tables in schema public to ${role}`);
    await execute(`grant delete on users, refresh_tokens, revocation_events, leases, revocation_feed to ${role}`);
    expect(await trouble()).toMatchObject({
      kind: 'not_permitted',
      reason: expect.stringContaining('DELETE on sessions, EXECUTE on exchange_refresh_token'),
    });
    await execute(`grant delete on sessions to ${role}`);
    await execute(`grant execute on function exchange_refresh_token to ${role}`);
    expect(await trouble()).toBeUndefined();

    await db.close();
    await execute(`drop owned by ${role}`);
    await execute(`drop role ${role}`);
    await owner.close();
    await test.drop();
  });
});

describe('openProductDb', () => {
  it('runs SQL without Prisma as a statement that a connection prepares once', async () => {
    const test = await openTestDatabase('product');
    const db = openProductDb({ url: test.url, poolMax: 1 });
    const twice = { name: 'twice', text: 'select $1::int * 2 as result, $2::bytea as bytes' };
    for (const value of [4, 5]) {
      const rows = await db.ask(twice, [value, Buffer.of(1, 255)]);
      expect(rows).toEqual([{ result: value * 2, bytes: Buffer.of(1, 255) }]);
    }
    const prepared = await db.client.$queryRaw`select name from pg_prepared_statements where name = 'twice'`;
    expect(prepared).toEqual([{ name: 'twice' }]);
    await expect(db.ask({ name: 'wrong', text: 'selec 1' }, [])).rejects.toMatchObject({ code: '42601' });
    await db.close();
    await test.drop();
  });

  it.each(['price', 'stock'])('rejects a negative %s', async (member) => {
    const test = await openTestDatabase('product');
    const db = openProductDb({ url: test.url });
    const mug = { sku: 'mug', name: 'Mug', price: 1, currency: 'EUR', stock: 1 };
    const created = db.client.product.create({ data: { ...mug, [member]: -1 } });
    await expect(created).rejects.toThrow(`products_${member}_check`);
    await db.close();
    await test.drop();
  });

  it('ends its connections at close, which may be called again', async () => {
    const test = await openTestDatabase('product');
    const db = openProductDb({ url: test.url, poolMax: 2 });
    expect(db.poolStats()).toEqual({ total: 0, idle: 0, waiting: 0 });
    await Promise.all([1, 2, 3].map(() => db.client.product.count()));
    expect(db.poolStats()).toEqual({ total: 2, idle: 2, waiting: 0 });
    await Promise.all([db.close(), db.close()]);
    expect(db.poolStats()).toMatchObject({ total: 0 });
    await test.drop();
  });

  it('survives the loss of its idle connections', async () => {
    const test = await openTestDatabase('product');
    const db = openProductDb({ url: test.url });
    const other = openProductDb({ url: test.url });
    await db.ping();
    await other.client.$queryRaw`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    while (db.poolStats().total > 0) await delay(10);
    await db.ping();
    await Promise.all([db.close(), other.close()]);
    await test.drop();
  });
});
