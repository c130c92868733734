import { openTestDatabase } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { openListener } from './listener.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: pg.Client;
beforeAll(async () => {
  database = await openTestDatabase('user');
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

describe('openListener', () => {
  it('keeps its connection when the probe arrived before it was expected', async () => {
    let listener: ReturnType<typeof openListener> | undefined;
    const errors: unknown[] = [];
    const listening = new Promise<number>((resolve) => {
      listener = openListener({
        url: database.url,
        channel: 'early',
        timeoutMs: 2000,
        onListening: resolve,
        onError: (error) => errors.push(error),
      });
    });
    const sentAt = await listening;
    await admin.query("SELECT pg_notify('early', 'probe')");
    while (listener?.isAlive() === false) await new Promise((resolve) => setTimeout(resolve, 5));
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    listener?.expectProbe(sentAt);
    jest.advanceTimersByTime(5000);
    jest.useRealTimers();
    await new Promise(setImmediate);
    await listener?.close();
    expect(errors).toEqual([]);
  });
});
