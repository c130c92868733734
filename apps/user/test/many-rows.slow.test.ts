import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { cleanUp } from '../src/background/cleanup.ts';
import { createCleanupStore } from '../src/background/cleanup-store.ts';
import { type Harness, life, openHarness, password } from './harness.ts';

const many = 20_000;

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

/** Adds a user with running sessions. */
async function addUserWithMany(): Promise<{ id: string; email: string }> {
  const user = await harness.addUser();
  const iat = Math.floor(harness.now());
  await harness.db.client.$executeRaw`
    INSERT INTO sessions (id, user_id, scope, audience, auth_time, last_used_at, expires_at, last_iat, last_exp)
    SELECT gen_random_uuid(), ${user.id}::uuid, 'account', '{user}', now(), now(), now() + interval '30 days',
      ${iat}::bigint, ${iat + 600}::bigint
    FROM generate_series(1, ${many})`;
  return user;
}

const running = (userId: string) => harness.db.client.session.count({ where: { userId, endedAt: null } });
const token = async (sub: string, scope: string) =>
  harness.issuer.token({ sub, sid: await harness.addSession(sub), scope });
const send = (method: 'patch' | 'put' | 'post', path: string, bearer: string) =>
  request(harness.server)[method](path).set('Authorization', `Bearer ${bearer}`);

/** Polls `/livez` during work. Returns the time of the slowest answer, and that of the work. */
async function whileAlive<T>(work: () => Promise<T>) {
  let isDone = false;
  let slowestMs = 0;
  const probe = (async () => {
    while (!isDone) {
      const began = performance.now();
      await request(harness.server).get('/livez');
      slowestMs = Math.max(slowestMs, performance.now() - began);
    }
  })();
  const began = performance.now();
  const result = await work();
  const ms = performance.now() - began;
  isDone = true;
  await probe;
  return { result, ms, slowestMs };
}

/**
 * Measures the minimum work on this machine: the rows are updated, and as many are written. The bounds of an idle machine
 * are multiplied by how much slower this one is.
 */
async function measureMachine() {
  const { id } = await addUserWithMany();
  return whileAlive(
    () =>
      harness.db.client.$executeRaw`
      WITH updated AS (UPDATE sessions SET ended_at = now() WHERE user_id = ${id}::uuid RETURNING id)
      INSERT INTO revocation_events (session_id, kind, reason, keep_until, published_at)
      SELECT id, 'session-revoked', 'reference', 0, now() FROM updated`,
  );
}

describe(`an account with ${many} sessions`, () => {
  let machine: Awaited<ReturnType<typeof measureMachine>>;
  beforeAll(async () => {
    machine = await measureMachine();
  });

  const asAdmin = async (id: string, changes: object) => {
    const admin = await harness.addUser({ roles: ['admin'] });
    const bearer = await token(admin.id, 'user:admin');
    return () => send('patch', `/users/${id}`, bearer).send(changes);
  };
  const next = 'staple battery horse correct';

  interface Work {
    /** Prepares everything and returns the function that sends the request. */
    readonly prepare: (id: string) => Promise<() => Promise<request.Response>>;
    readonly status: number;
    /** The number of running sessions afterwards. */
    readonly left: number;
  }
  const works: [string, Work][] = [
    ['is disabled', { prepare: (id) => asAdmin(id, { disabled: true }), status: 200, left: 0 }],
    ['gets other roles', { prepare: (id) => asAdmin(id, { roles: ['admin'] }), status: 200, left: many }],
    [
      'logs out everywhere',
      {
        async prepare(id) {
          const bearer = await token(id, 'account');
          return () => send('post', '/auth/logout-all', bearer);
        },
        status: 204,
        left: 0,
      },
    ],
    [
      'changes its password',
      {
        async prepare(id) {
          const bearer = await token(id, 'account');
          return () => send('put', '/users/me/password', bearer).send({ current: password, next });
        },
        status: 204,
        left: 1,
      },
    ],
  ];

  // Other processes on the machine make an attempt slower, so the best of three counts.
  const attempts = 3;

  it.each(works)(
    '%s in one request within a second, and /livez answers within 0.1 s meanwhile',
    async (_case, work) => {
      const best = { ms: Number.POSITIVE_INFINITY, slowestMs: Number.POSITIVE_INFINITY };
      for (let attempt = 0; attempt < attempts && (best.ms >= 1000 || best.slowestMs >= 100); attempt += 1) {
        const { id } = await addUserWithMany();
        const ask = await work.prepare(id);
        const events = harness.events().length;
        const before = await harness.db.client.revocationEvent.count();
        const { result, ms, slowestMs } = await whileAlive(ask);
        expect(result.status).toBe(work.status);
        expect(await running(id)).toBe(work.left);
        expect((await harness.db.client.revocationEvent.count()) - before).toBeGreaterThanOrEqual(many);
        expect(harness.events().length - events).toBeLessThanOrEqual(2);
        best.ms = Math.min(best.ms, ms);
        best.slowestMs = Math.min(best.slowestMs, slowestMs);
      }
      expect(best.ms).toBeLessThan(Math.max(1000, 3 * machine.ms));
      expect(best.slowestMs).toBeLessThan(Math.max(100, 3 * machine.slowestMs));
    },
    60_000,
  );

  it('reaches its limit after several logins', async () => {
    const { id, email } = await addUserWithMany();
    const { status } = await request(harness.server).post('/auth/login').send({ email, password });
    expect(status).toBe(200);
    expect(await running(id)).toBe(many + 1 - 1000);
  });
});

describe('a million used refresh tokens', () => {
  const million = 1_000_000;

  /** Adds a session with used tokens. */
  async function addWorn({
    count,
    endedDaysAgo,
    inFamily,
  }: {
    count: number;
    endedDaysAgo: number | null;
    inFamily: boolean;
  }) {
    const { id: userId } = await harness.addUser();
    const sid = randomUUID();
    await harness.db.client.$executeRaw`
      INSERT INTO sessions (id, user_id, scope, audience, auth_time, last_used_at, expires_at, ended_at)
      VALUES (${sid}::uuid, ${userId}::uuid, '', '{}', now(), now(), now() + interval '30 days',
        now() - make_interval(days => ${endedDaysAgo}))`;
    // Each statement stays within the time limit of statements, also on a busy machine.
    const batch = 25_000;
    for (let added = 0; added < count; added += batch) {
      await harness.db.client.$executeRaw`
        INSERT INTO refresh_tokens (hash, session_id, used_at, salt_until, in_family)
        SELECT uuid_send(gen_random_uuid()), ${sid}::uuid, now() - interval '1 hour',
          CASE WHEN ${inFamily} THEN now() - interval '59 minutes' END, ${inFamily}
        FROM generate_series(1, ${batch})`;
    }
    return sid;
  }

  /** Runs rounds of the clean-up. */
  async function clean(rounds: number) {
    const stop = new AbortController();
    const errors: unknown[] = [];
    let round = 0;
    await cleanUp(
      {
        store: createCleanupStore(harness.db),
        life,
        now: harness.now,
        onRemoved: () => undefined,
        onError: (error) => errors.push(error),
      },
      {
        signal: stop.signal,
        async wait() {
          round += 1;
          if (round === rounds) stop.abort();
        },
      },
    );
    return errors;
  }

  const tokensOf = (sessionId: string) => harness.db.client.refreshToken.count({ where: { sessionId } });

  it('of a running session, or of one that ended long ago, are removed in batches, without blocking other work', async () => {
    const ended = await addWorn({ count: million, endedDaysAgo: 40, inFamily: false });
    const living = await addWorn({ count: many, endedDaysAgo: null, inFamily: true });
    const { id: userId } = await harness.addUser();
    const other = await harness.addSession(userId);
    const long = new Date(Date.now() - 31 * 86_400_000);
    await harness.db.client.session.update({ where: { id: other }, data: { endedAt: long } });
    const { result: errors } = await whileAlive(() => clean(3));
    expect(errors).toEqual([]);
    expect(await harness.db.client.session.findUnique({ where: { id: other } })).toBeNull();
    expect(await tokensOf(ended)).toBe(million - 3 * 20 * 500);
    expect(await tokensOf(living)).toBe(0);
  }, 240_000);
});
