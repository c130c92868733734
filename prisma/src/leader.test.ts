import { openTestDatabase } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openLeader, type Term } from './leader.ts';

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

/** Opens a candidate that records its terms. */
function candidate(duty: string, options: { readonly leaseMs?: number } = {}) {
  const terms: Term[] = [];
  let notify = () => {};
  const errors: string[] = [];
  const leader = openLeader({
    url: database.url,
    listenUrl: database.url,
    duty,
    channel: duty,
    retryMs: 20,
    ...options,
    onError: (error) => errors.push(String(error)),
    lead: (term) =>
      new Promise((resolve) => {
        terms.push(term);
        term.signal.addEventListener('abort', () => resolve());
        notify();
      }),
  });
  const won = async (count = 1) => {
    while (terms.length < count) await new Promise<void>((resolve) => (notify = resolve));
    return terms[count - 1] as Term;
  };
  return { terms, errors, won, close: leader.close };
}

describe('openLeader', () => {
  it('one of several leads, and another one at once when it closes, with a greater number', async () => {
    const first = candidate('one');
    const { number } = await first.won();
    const second = candidate('one');
    const other = candidate('other');
    // Another duty has its own leader: when it leads, the second candidate has tried as well.
    await other.won();
    expect(second.terms).toHaveLength(0);
    await first.close();
    expect((await second.won()).number).toBeGreaterThan(number);
    await Promise.all([second.close(), other.close()]);
  });

  it('leads as soon as its table exists, and reports no error while migrations run', async () => {
    await admin.query('ALTER TABLE leases RENAME TO leases_to_come');
    const leader = candidate('migrated');
    const asked =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%FROM leases%' AND pid <> pg_backend_pid()";
    while ((await admin.query(asked)).rowCount === 0);
    await admin.query('ALTER TABLE leases_to_come RENAME TO leases');
    await leader.won();
    expect(leader.errors).toEqual([]);
    await leader.close();
  });

  it('continues to lead when its connections are lost, and opens new ones', async () => {
    const leader = candidate('lost', { leaseMs: 3000 });
    const term = await leader.won();
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const until = async () =>
      (await admin.query("SELECT until FROM leases WHERE duty = 'lost'")).rows[0].until.getTime();
    const before = await until();
    while ((await until()) === before) await term.wait(20);
    expect([term.signal.aborted, leader.terms.length]).toEqual([false, 1]);
    await leader.close();
    expect([term.signal.aborted, term.isHeld()]).toEqual([true, false]);
  });

  it('ends the term when another process has taken the lease, and reports it', async () => {
    const leader = candidate('stolen', { leaseMs: 2100 });
    const term = await leader.won();
    await admin.query("UPDATE leases SET term = term + 1, holder = gen_random_uuid() WHERE duty = 'stolen'");
    const again = await leader.won(2);
    expect(leader.errors.filter((text) => !text.includes('notification'))).toEqual([
      'Error: another process has the lease for "stolen"',
    ]);
    expect([term.signal.aborted, again.number > term.number + 1]).toEqual([true, true]);
    await leader.close();
  });

  it('begins a new term when the row is from a restored backup', async () => {
    const leader = candidate('restored', { leaseMs: 2100 });
    const term = await leader.won();
    await admin.query("UPDATE leases SET until = until - interval '5 seconds' WHERE duty = 'restored'");
    expect((await leader.won(2)).number).toBeGreaterThan(term.number);
    await leader.close();
  });

  it('numbers terms by the clock of the database when the backup has lower ones, or none', async () => {
    const leader = candidate('numbers');
    const { number } = await leader.won();
    await leader.close();
    for (const lost of [
      "UPDATE leases SET term = 3 WHERE duty = 'numbers'",
      "DELETE FROM leases WHERE duty = 'numbers'",
    ]) {
      await admin.query(lost);
      const next = candidate('numbers');
      expect((await next.won()).number).toBeGreaterThan(number);
      await next.close();
    }
    await admin.query("UPDATE leases SET term = 9000000000000000 WHERE duty = 'numbers'");
    const last = candidate('numbers');
    expect((await last.won()).number).toBe(9_000_000_000_000_001);
    await last.close();
  });

  it('takes a lease without renewals after the clock of the database was set back', async () => {
    await admin.query(
      "INSERT INTO leases VALUES ('put back', 7, gen_random_uuid(), clock_timestamp() + interval '1 day')",
    );
    const leader = candidate('put back', { leaseMs: 400 });
    await leader.won();
    await leader.close();
  });

  it('is woken by a notification of its channel', async () => {
    const leader = candidate('woken');
    const term = await leader.won();
    // The first wait may end after 200 ms: the connection for notifications is not checked yet.
    while (term.notified === 0) {
      await admin.query('NOTIFY woken');
      await term.wait(10_000, 0);
    }
    const { notified } = term;
    const started = performance.now();
    const woken = term.wait(10_000);
    await admin.query('NOTIFY woken');
    await woken;
    // A notification that arrived before the wait counts as well.
    await term.wait(10_000, notified);
    expect(performance.now() - started).toBeLessThan(5000);
    await leader.close();
  });

  it('renews the lease of a duty without a channel', async () => {
    let signal: AbortSignal | undefined;
    const errors: unknown[] = [];
    const leader = openLeader({
      url: database.url,
      duty: 'unwoken',
      retryMs: 20,
      leaseMs: 2100,
      onError: (error) => errors.push(error),
      lead(term) {
        signal = term.signal;
        return term.wait(600_000);
      },
    });
    const until = async (): Promise<number | undefined> =>
      (await admin.query("SELECT until FROM leases WHERE duty = 'unwoken'")).rows[0]?.until.getTime();
    let taken: number | undefined;
    while (taken === undefined) taken = await until();
    while (errors.length === 0 && (await until()) === taken) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([errors, signal?.aborted]).toEqual([[], false]);
    await leader.close();
  });

  it('polls every 200 ms without a connection for notifications', async () => {
    let ended = 0;
    const leader = openLeader({
      url: database.url,
      duty: 'unheard',
      channel: 'unheard',
      retryMs: 20,
      onError: () => {},
      async lead(term) {
        await term.wait(600_000);
        ended += 1;
      },
    });
    while (ended === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await leader.close();
  });

  it('reports once that the database does not answer, and closes at once', async () => {
    const errors: unknown[] = [];
    const leader = openLeader({
      url: 'postgresql://127.0.0.1:1/none',
      duty: 'x',
      channel: 'x',
      retryMs: 10,
      lead: async () => {},
      onError: (error) => errors.push(error),
    });
    while (errors.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(errors).toHaveLength(1);
    await leader.close();
  });
});
