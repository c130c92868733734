import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { openTestDatabase, skipsWithoutPgBouncer, startPgBouncer } from '@auth/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type LeaderOptions, openLeader, type Term } from './leader.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  database = await openTestDatabase('user');
});
afterAll(() => database.drop());
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A candidate in this process, with the default times. */
function candidate(duty: string, options: Partial<LeaderOptions> = {}) {
  const terms: Term[] = [];
  const errors: string[] = [];
  const leader = openLeader({
    url: database.url,
    duty,
    channel: duty.replace(' ', '_'),
    onError: (error) => errors.push(String(error)),
    lead: (term) =>
      new Promise((resolve) => {
        terms.push(term);
        term.signal.addEventListener('abort', () => resolve());
      }),
    ...options,
  });
  closers.push(leader.close);
  return { terms, errors, close: leader.close };
}

async function until(isTrue: () => boolean, withinMs: number): Promise<number> {
  const started = performance.now();
  while (!isTrue()) {
    if (performance.now() - started > withinMs) throw new Error(`still not true after ${withinMs} ms: ${isTrue}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - started;
}

/** A candidate in a process of its own, which prints `leads` and `over` with the number of the term. */
async function candidateProcess(duty: string) {
  const program = fileURLToPath(new URL('./leader-process.fixture.ts', import.meta.url));
  const args = ['--conditions=@auth/source', '--import', 'tsx', program, database.url, duty];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  const exited = once(child, 'exit');
  closers.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await until(() => lines.length > 0, 60_000);
  return { child, lines, term: Number(lines[0]?.split(' ')[1]) };
}

/** A proxy to the database that can drop everything silently, in both directions. */
async function openBlackHole() {
  const target = new URL(database.url);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from.on('error', () => undefined));
      from.on('data', (chunk) => void (isOpen && to.write(chunk)));
      from.on('close', () => void (isOpen && to.destroy()));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(database.url);
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as AddressInfo).port) });
  return {
    url: url.href,
    swallow() {
      isOpen = false;
    },
  };
}

describe('a leader', () => {
  it.each(['SIGSTOP', 'SIGKILL'] as const)(
    'that gets %s is followed by another within 15 s',
    async (signal) => {
      const first = await candidateProcess(`on ${signal}`);
      const second = candidate(`on ${signal}`);
      first.child.kill(signal);
      await until(() => second.terms.length > 0, 15_000);
      expect(second.terms[0]?.number).toBeGreaterThan(first.term);
      if (signal === 'SIGKILL') return;
      first.child.kill('SIGCONT');
      await until(() => first.lines.includes(`over ${first.term}`), 5000);
      // The first check after it resumed: by its own clocks the lease has expired.
      expect(first.lines).toContain(`woke up, held: false`);
      expect(second.terms[0]?.isHeld()).toBe(true);
    },
    90_000,
  );

  it('that is cut off silently stops by itself, before another process leads within 15 s', async () => {
    const hole = await openBlackHole();
    const first = candidate('cut off', { url: hole.url, listenUrl: hole.url });
    await until(() => first.terms.length > 0, 10_000);
    const second = candidate('cut off');
    hole.swallow();
    const [, overAt] = await Promise.all([
      until(() => second.terms.length > 0, 15_000),
      until(() => first.terms[0]?.signal.aborted === true, 15_000).then(() => performance.now()),
    ]);
    expect(overAt).toBeLessThanOrEqual(performance.now());
    expect(first.terms[0]?.isHeld()).toBe(false);
    expect(second.terms[0]?.number).toBeGreaterThan(first.terms[0]?.number ?? 0);
    // The reason is reported, and closing does not wait for the dead connection.
    expect(first.errors.length).toBeGreaterThan(0);
    const started = performance.now();
    await first.close();
    expect(performance.now() - started).toBeLessThan(10_000);
  }, 60_000);

  it('whose connection for notifications is cut off continues to lead, and polls', async () => {
    const hole = await openBlackHole();
    const leader = candidate('deaf', { listenUrl: hole.url });
    await until(() => leader.terms.length > 0, 10_000);
    const [term] = leader.terms;
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    while (term?.notified === 0) {
      await admin.query('NOTIFY deaf');
      await term.wait(20);
    }
    await admin.end();
    hole.swallow();
    await until(() => leader.errors.some((text) => text.includes('no notification')), 20_000);
    const started = performance.now();
    await term?.wait(60_000);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect([leader.terms.length, term?.isHeld()]).toEqual([1, true]);
  }, 60_000);
});

const skips = skipsWithoutPgBouncer('a leader behind a pooler of transactions');
(skips ? describe.skip : describe)(
  'a leader behind PgBouncer with its default configuration, in transaction pooling',
  () => {
    it('leads, is replaced at once when it closes, and leaves no lock behind', async () => {
      const bouncer = await startPgBouncer({ target: database.url });
      closers.push(bouncer.stop);
      const url = bouncer.url(new URL(database.url).pathname.slice(1));
      const first = candidate('pooled', { url });
      await until(() => first.terms.length > 0, 10_000);
      const { number = 0 } = first.terms[0] ?? {};
      const second = candidate('pooled', { url });
      await first.close();
      await until(() => second.terms.length > 0, 5000);
      expect(second.terms[0]?.number).toBeGreaterThan(number);
      // Renewed through any connection of the pooler: still the same term after the life of a lease.
      await new Promise((resolve) => setTimeout(resolve, 8000));
      expect([second.terms.length, second.terms[0]?.isHeld(), second.errors]).toEqual([1, true, []]);
    }, 60_000);

    it('reports that notifications cannot come through the pooler, and polls', async () => {
      const bouncer = await startPgBouncer({ target: database.url });
      closers.push(bouncer.stop);
      const url = bouncer.url(new URL(database.url).pathname.slice(1));
      const leader = candidate('listening through it', { url, listenUrl: url });
      await until(() => leader.errors.some((text) => text.includes('must be direct')), 20_000);
      expect(leader.terms[0]?.isHeld()).toBe(true);
    }, 60_000);
  },
);
