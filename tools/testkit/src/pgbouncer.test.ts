import { openTestDatabase } from '@auth/testkit';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type PgBouncerOptions, skipsWithoutPgBouncer, startPgBouncer } from './pgbouncer.ts';

(skipsWithoutPgBouncer('the PgBouncer of the tests') ? describe.skip : describe)('startPgBouncer', () => {
  it.each<[string, Pick<PgBouncerOptions, 'poolMode'>, number]>([
    ['transaction pooling by default', {}, 1],
    ['session pooling', { poolMode: 'session' }, 2],
  ])('opens a database in %s', async (_case, options, serverConnections) => {
    const test = await openTestDatabase('product');
    const pooler = await startPgBouncer({ target: test.url, ...options });
    const connect = async () => {
      const client = new pg.Client(pooler.url(new URL(test.url).pathname.slice(1)));
      await client.connect();
      return client;
    };
    const clients = await Promise.all([connect(), connect()]);
    const pids: unknown[] = [];
    for (const client of clients) pids.push((await client.query('select pg_backend_pid() as pid')).rows[0]?.pid);
    // With transaction pooling the second client gets the server connection that the first one has just released.
    expect(new Set(pids).size).toBe(serverConnections);
    await Promise.all(clients.map((client) => client.end()));
    await pooler.stop();
    await test.drop();
  });
});
