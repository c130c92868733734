import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planFastExchange, type RefreshStore } from '../src/sessions/refresh.ts';
import { createRefreshStore } from '../src/sessions/refresh-store.ts';
import { createRefreshToken, hashesOf } from '../src/sessions/refresh-token.ts';
import { graceSeconds, type Harness, life, openHarness } from './harness.ts';
import { openReplica } from './replicas.ts';

let harness: Harness;
let store: RefreshStore;
let slowPath: RefreshStore;
beforeAll(async () => {
  harness = await openHarness();
  store = createRefreshStore(harness.db);
  slowPath = { ...store, exchangeFast: async () => undefined };
});
afterAll(() => harness.close());

/** States of a session at a refresh. Times are seconds ago. */
const states = fc.record({
  roles: fc.constantFrom(['customer'], ['customer', 'admin'], []),
  scope: fc.constantFrom('account', 'account user:admin', ''),
  isDisabled: mostlyFalse(),
  isEnded: mostlyFalse(),
  isInFamily: fc.boolean(),
  isForgotten: mostlyFalse(),
  usedAgo: fc.constantFrom(undefined, undefined, undefined, -10, -2, 5, 50),
  createdAgo: fc.constantFrom(0, life.absoluteSeconds - 1, life.absoluteSeconds),
  lastUsedAgo: fc.constantFrom(-30, 0, life.idleSeconds - 1, life.idleSeconds),
  notBeforeAgo: fc.constantFrom(undefined, undefined, 100, 1, 0, -2, -20, -100),
  lastIatAgo: fc.constantFrom(100, 0, -20),
  refreshCount: fc.constantFrom(0, 4, 5, 6),
  windowAgo: fc.constantFrom(undefined, -100, -2, 10, 590, 620),
});
type State = typeof states extends fc.Arbitrary<infer T> ? T : never;
const rules = fc.record({
  graceSeconds: fc.constantFrom(0, 10),
  limit: fc.constantFrom({ perSession: 5, windowSeconds: 600 }, { perSession: 0, windowSeconds: 600 }),
});

function mostlyFalse() {
  return fc.constantFrom(false, false, false, false, true);
}

async function addSession(state: State) {
  const { client } = harness.db;
  const now = harness.now();
  const before = (seconds: number) => new Date((now - seconds) * 1000);
  const byDatabase = (seconds: number | undefined) =>
    seconds === undefined ? null : new Date(Date.now() - seconds * 1000);
  const token = createRefreshToken();
  const hashes = hashesOf(token);
  const { id: userId } = await harness.addUser({
    roles: [...state.roles],
    ...(state.isDisabled ? { disabledAt: before(1) } : {}),
  });
  const { id: sid } = await client.session.create({
    data: {
      userId,
      scope: state.scope,
      audience: ['user', 'order'],
      authTime: before(state.createdAgo),
      lastUsedAt: before(state.lastUsedAgo),
      expiresAt: before(state.createdAgo - life.absoluteSeconds),
      ...(state.isEnded ? { endedAt: before(1), endReason: 'logout' } : {}),
      notBefore: state.notBeforeAgo === undefined ? null : BigInt(Math.floor(now) - state.notBeforeAgo),
      lastIat: BigInt(Math.floor(now) - state.lastIatAgo),
      lastExp: BigInt(Math.floor(now) - state.lastIatAgo + 600),
      refreshCount: state.refreshCount,
      refreshSince: byDatabase(state.windowAgo),
      familyHash: state.isInFamily ? (hashes.family ?? null) : null,
    },
    select: { id: true },
  });
  if (!state.isForgotten) {
    const usedAt = byDatabase(state.usedAgo);
    const salt = usedAt === null ? null : Buffer.alloc(32, 1);
    const data = { sessionId: sid, hash: hashes.token, inFamily: state.isInFamily, usedAt, salt };
    await client.refreshToken.create({ data });
  }
  return { token, sid };
}

/** Returns the data of a session that an exchange may change, with database times rounded to compare two runs. */
async function rowsOf(sid: string) {
  const [session] = await harness.db.client.$queryRaw<object[]>`
    SELECT scope, audience, last_used_at, ended_at, end_reason, not_before, last_iat, last_exp, refresh_count,
      round(extract(epoch FROM refresh_since - now()) / 5) AS since, family_hash IS NULL AS "noFamily"
    FROM sessions WHERE id = ${sid}::uuid`;
  const tokens = await harness.db.client.$queryRaw<object[]>`
    SELECT in_family, round(extract(epoch FROM used_at - now()) / 5) AS used, octet_length(salt) AS salt,
      round(extract(epoch FROM salt_until - used_at)) AS kept
    FROM refresh_tokens WHERE session_id = ${sid}::uuid ORDER BY used_at NULLS LAST`;
  const events = await harness.db.client.revocationEvent.findMany({
    where: { sessionId: sid },
    select: { kind: true, reason: true, notBefore: true, keepUntil: true },
  });
  return { session, tokens, events };
}

describe('the fast path of an exchange', () => {
  it('has the same result as the rule', async () => {
    await fc.assert(
      fc.asyncProperty(states, rules, async (state, rule) => {
        const [one, other] = [await addSession(state), await addSession(state)];
        const inOne = openReplica(harness, { ...rule, store, now: harness.now });
        const inSteps = openReplica(harness, { ...rule, store: slowPath, now: harness.now });
        const [answer, expected] = [await inOne.refresh(one.token), await inSteps.refresh(other.token)];
        const shaped = (text: string | undefined) => (/^[\w-]{43}$/.test(text ?? '') ? 'a token' : text);
        expect(shaped(answer)).toBe(shaped(expected));
        expect(inOne.issued).toEqual(inSteps.issued);
        expect(await rowsOf(one.sid)).toEqual(await rowsOf(other.sid));
        // The successor is valid, and has the family of its session.
        const keepsFamily = state.isInFamily && shaped(answer) === 'a token';
        if (keepsFamily) expect(answer?.slice(0, 16)).toBe(one.token.slice(0, 16));
      }),
      { numRuns: 400 },
    );
  }, 120_000);

  it('runs without a transaction, which the slow path needs', async () => {
    const usual: State = {
      roles: ['customer'],
      scope: 'account',
      isDisabled: false,
      isEnded: false,
      isInFamily: true,
      isForgotten: false,
      usedAgo: undefined,
      createdAgo: 0,
      lastUsedAgo: 0,
      notBeforeAgo: undefined,
      lastIatAgo: 0,
      refreshCount: 0,
      windowAgo: undefined,
    };
    let decided = 0;
    const counting: RefreshStore = {
      ...store,
      exchange: (token, decide) =>
        store.exchange(token, (presented) => {
          decided += 1;
          return decide(presented);
        }),
    };
    const replica = openReplica(harness, { store: counting, now: harness.now });
    const { token } = await addSession(usual);
    const successor = await replica.refresh(token);
    expect(decided).toBe(0);
    expect(await replica.refresh(token)).toBe(successor);
    expect(decided).toBe(1);
    expect(await replica.refresh(String(successor))).toMatch(/^[\w-]{43}$/);
    expect(decided).toBe(1);
  });

  it('returns one successor to concurrent uses of a token on several replicas', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id: userId } = await harness.addUser();
      const token = createRefreshToken();
      const { token: hash, family } = hashesOf(token);
      const sid = await harness.addSession(userId);
      await harness.db.client.session.update({ where: { id: sid }, data: { familyHash: family ?? null } });
      await harness.db.client.refreshToken.create({ data: { hash, sessionId: sid, inFamily: true } });
      const replicas = Array.from({ length: 6 }, () => openReplica(harness, { now: harness.now }));
      const answers = await Promise.all(replicas.map(({ refresh }) => refresh(token)));
      expect(new Set(answers).size).toBe(1);
      expect(await harness.db.client.refreshToken.count({ where: { sessionId: sid } })).toBe(2);
    }
  });

  it('checks the limits in the same statement, and does nothing when one is reached', async () => {
    const { id: userId } = await harness.addUser();
    const sid = await harness.addSession(userId);
    const token = createRefreshToken();
    const { token: hash } = hashesOf(token);
    await harness.db.client.refreshToken.create({ data: { hash, sessionId: sid, inFamily: true } });
    const at = Date.now();
    const latest = at + 660_000;
    const counts = [
      { key: `${sid} some`, points: 2, expire: BigInt(at + 1000) },
      { key: `${sid} over`, points: 9, expire: BigInt(at - 1) },
      { key: `${sid} of a wrong clock`, points: 1, expire: BigInt(latest + 1) },
    ];
    await harness.db.client.rateLimit.createMany({ data: counts });
    const rule = { life, graceSeconds, tokenSeconds: 600, limit: { perSession: 5, windowSeconds: 600 } };
    const usual = planFastExchange(token, {}, { ...rule, now: harness.now });
    if (usual === undefined) throw new Error('not usual');
    const exchange = (tries: Record<string, number>) =>
      store.exchangeFast(hashesOf(token), usual, {
        keys: Object.keys(tries).map((name) => `${sid} ${name}`),
        below: Object.values(tries),
        at,
        latest,
      });
    const rows = () => harness.db.client.refreshToken.count({ where: { sessionId: sid } });
    expect(await exchange({ some: 2 })).toBeUndefined();
    expect(await exchange({ none: 5, some: 1 })).toBeUndefined();
    expect(await exchange({ none: 0 })).toBeUndefined();
    expect(await exchange({ 'of a wrong clock': 5 })).toBeUndefined();
    expect(await rows()).toBe(1);
    const done = await exchange({ none: 1, some: 3, over: 1 });
    expect(done?.found).toEqual([undefined, { points: 2, expire: at + 1000 }, undefined]);
    expect(await rows()).toBe(2);
  });
});
