import { openTestDatabase } from '@auth/devstack/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Term } from './leader.ts';
import { openLeader } from './leader.ts';

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

/** A candidate, and each of its terms when it comes. */
function candidate(duty: string) {
  const terms: Term[] = [];
  let tell = () => {};
  const leader = openLeader({
    ...{ url: database.url, duty, channel: duty, retryMs: 20, onError: () => {} },
    lead: (term) =>
      new Promise((resolve) => {
        terms.push(term);
        term.signal.addEventListener('abort', () => resolve());
        tell();
      }),
  });
  const won = async (count = 1) => {
    while (terms.length < count) await new Promise<void>((resolve) => (tell = resolve));
    return terms[count - 1] as Term;
  };
  return { terms, won, close: leader.close };
}

describe('openLeader', () => {
  it('lets one of several lead, and another when that one has gone', async () => {
    const first = candidate('one');
    await first.won();
    const second = candidate('one');
    const other = candidate('other');
    // Another duty has a leader of its own: by then the second has tried as well.
    await other.won();
    expect(second.terms).toHaveLength(0);
    await first.close();
    await second.won();
    await Promise.all([second.close(), other.close()]);
  });

  it('ends the term when the connection is lost, and runs again', async () => {
    const leader = candidate('lost');
    const term = await leader.won();
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN "lost"%'`);
    const again = await leader.won(2);
    expect([term.signal.aborted, again.signal.aborted]).toEqual([true, false]);
    await leader.close();
    expect(again.signal.aborted).toBe(true);
  });

  it('is woken by a notification of its channel', async () => {
    const leader = candidate('woken');
    const term = await leader.won();
    const started = performance.now();
    const woken = term.wait(10_000);
    await admin.query(`NOTIFY woken`);
    await woken;
    // One that came while nobody waited counts as well.
    expect(term.notified).toBe(1);
    await term.wait(10_000, 0);
    expect(performance.now() - started).toBeLessThan(5000);
    await leader.close();
  });

  it('says once that the database does not answer, and closes at once', async () => {
    const errors: unknown[] = [];
    const leader = openLeader({
      ...{ url: 'postgresql://127.0.0.1:1/none', duty: 'x', channel: 'x', retryMs: 10, lead: async () => {} },
      onError: (error) => errors.push(error),
    });
    while (errors.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(errors).toHaveLength(1);
    await leader.close();
  });
});
