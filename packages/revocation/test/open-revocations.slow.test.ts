import { AuthError, createAccessTokenVerifier } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import { openRevocations } from '../src/open-revocations.ts';
import { closeAfterTests, newFileFeed, setUpFeed } from './feed.ts';
import { createEventIssuer, createQuickIssuer, ended, startOfTests as now } from './issuer.ts';
import { until } from './until.ts';

closeAfterTests();
const setUp = async () => setUpFeed(await newFileFeed());
const keepUntil = now + 665;

describe('openRevocations', () => {
  it('knows earlier revocations before it is ready', async () => {
    const { publish, verifier } = await setUp();
    const seqs = Array.from({ length: 1000 }, (_, index) => index + 1);
    await publish(...seqs.map((seq) => ended(seq, keepUntil)));
    const { revocations, isReady } = verifier();
    // All events are there, but not the heartbeat that counts them.
    await until(() => revocations.stats().entries === 1000);
    await expect(revocations.ready()).rejects.toThrow('the revocation feed has not been read to its end yet');
    expect(revocations.isStale()).toBe(true);
    await publish({ kind: 'heartbeat', floor: 1, last: 1000 });
    await until(isReady);
    expect(seqs.every((seq) => revocations.isRevoked(`sid-${seq}`, now + 99))).toBe(true);
    expect(revocations.isStale()).toBe(false);
  });

  it('makes the verifier refuse the access tokens of a revoked session', async () => {
    const { issuer, publish, verifier, now: clock } = await setUp();
    const { tokens } = createEventIssuer();
    const { revocations } = verifier();
    const { verify } = createAccessTokenVerifier({
      issuer: issuer.issuer,
      audience: 'order',
      keys: tokens.keys,
      revocations,
      now: clock,
    });
    const token = tokens.token({ sid: 'sid-1' });
    expect(verify(token).sid).toBe('sid-1');
    await publish(ended(1, keepUntil));
    await until(() => revocations.stats().entries === 1);
    expect(() => verify(token)).toThrow('token_revoked: revoked');
    expect(verify(tokens.token({ sid: 'sid-2' })).sid).toBe('sid-2');
  });

  it('applies both kinds of cut-off in any order, and forgets them after the life of a token', async () => {
    const { publish, verifier, advance } = await setUp();
    const { revocations } = verifier();
    const change = {
      kind: 'token-claims-change',
      seq: 2,
      sid: 'changed',
      notBefore: now,
      keepUntil,
      reason: 'role',
    } as const;
    await publish(ended(1, keepUntil, 'ended'), change, { kind: 'heartbeat', floor: 1, last: 2 });
    await until(() => !revocations.isStale());
    expect(['ended', 'changed', 'other'].map((sid) => revocations.isRevoked(sid, now))).toEqual([true, true, false]);
    expect(['ended', 'changed'].map((sid) => revocations.isRevoked(sid, now + 1))).toEqual([true, false]);
    expect(revocations.stats()).toEqual({
      entries: 2,
      stale: false,
      floor: 1,
      last: 2,
      heartbeatAt: now,
      reloads: 0,
    });
    // After the longest life of a token and twice the largest skew.
    advance(3600 + 120 + 1);
    await publish({ kind: 'heartbeat', floor: 3, last: 2 });
    await until(() => revocations.stats().entries === 0);
  });

  it('ignores forged events, those of another issuer, and garbage', async () => {
    const { issuer, publish, verifier, writer } = await setUp();
    const { revocations, outcomes } = verifier();
    const [header, payload] = issuer.sign(ended(1, keepUntil, 'victim')).split('.');
    await writer.publish([
      `${header}.${payload}.${'A'.repeat(86)}`,
      'garbage',
      'a.b.c',
      'x'.repeat(100_000),
      createEventIssuer().tokens.token({ sid: 'victim' }),
      createQuickIssuer().sign(ended(1, keepUntil, 'victim')),
      createQuickIssuer().sign({ kind: 'heartbeat', floor: 9_000_000, last: 9_000_000 }),
    ]);
    await publish({ kind: 'heartbeat', floor: 1, last: 0 });
    await until(() => outcomes.includes('heartbeat'));
    expect(outcomes).toEqual([...Array(5).fill('refused'), 'unknown_key', 'unknown_key', 'heartbeat']);
    expect(revocations.isRevoked('victim', 0)).toBe(false);
    expect(revocations.stats()).toMatchObject({ entries: 0, last: 0, stale: false });
  });

  it('ignores replayed events in any order', async () => {
    const { issuer, verifier, writer, advance } = await setUp();
    const { revocations, outcomes, changes } = verifier();
    const old = [ended(1, now + 5, 'old'), { kind: 'heartbeat', floor: 1, last: 1 } as const].map((one) =>
      issuer.sign(one),
    );
    await writer.publish(old);
    await until(() => !revocations.isStale());
    advance(8);
    await writer.publish([issuer.sign({ kind: 'heartbeat', floor: 2, last: 1 })]);
    await until(() => revocations.stats().floor === 2);
    outcomes.length = 0;
    await writer.publish([...old, ...old].reverse());
    await until(() => outcomes.length === 4);
    // The event below the floor is genuine; applying it changes nothing.
    expect(outcomes).toEqual(['repeated', 'applied', 'repeated', 'applied']);
    expect(revocations.stats()).toMatchObject({ entries: 1, floor: 2, heartbeatAt: now + 8 });
    // Old heartbeats do not count as a sign of life.
    advance(11);
    await writer.publish(old);
    await until(() => changes.at(-1) === true);
    expect(revocations.isStale()).toBe(true);
  });

  it('is stale while an event is missing, and reads the feed again until it is there', async () => {
    const { issuer, verifier, writer, advance } = await setUp();
    const { revocations, outcomes } = verifier();
    const [first, second] = [ended(1, keepUntil), ended(2, keepUntil)].map((one) => issuer.sign(one));
    const heartbeat = () => issuer.sign({ kind: 'heartbeat', floor: 1, last: 2 });
    await writer.publish([second ?? '', heartbeat()]);
    await until(() => outcomes.includes('gap'));
    expect([revocations.isStale(), revocations.isRevoked('sid-1', now), revocations.isRevoked('sid-2', now)]).toEqual([
      true,
      false,
      true,
    ]);
    advance(1);
    await writer.compact([first ?? '', second ?? '', heartbeat()]);
    await until(() => !revocations.isStale());
    expect(revocations.isRevoked('sid-1', now)).toBe(true);
    expect(revocations.stats().reloads).toBeGreaterThan(0);
  });

  it('applies an event when its key becomes known later', async () => {
    const { issuer, publish, verifier } = await setUp();
    let keys: typeof issuer.keys = new Map();
    let asked = 0;
    const { revocations, outcomes } = verifier({
      keys: () => keys,
      onUnknownKid() {
        asked += 1;
      },
    });
    await publish(ended(1, keepUntil));
    await until(() => outcomes.includes('unknown_key'));
    expect([asked > 0, revocations.isRevoked('sid-1', now)]).toEqual([true, false]);
    keys = issuer.keys;
    await until(() => revocations.isRevoked('sid-1', now));
  });

  it('keeps events until the first keys arrive', async () => {
    const { issuer, publish, verifier } = await setUp();
    await publish(ended(1, keepUntil), { kind: 'heartbeat', floor: 1, last: 1 });
    let asked = 0;
    const { isReady, revocations } = verifier({
      keys() {
        asked += 1;
        if (asked < 3) throw new AuthError('unavailable', 'keys_unavailable');
        return issuer.keys;
      },
    });
    await until(isReady);
    expect([asked > 2, revocations.isRevoked('sid-1', now)]).toEqual([true, true]);
  });

  it('is stale when the feed is silent for longer than the bound, and calls onStale once for each change', async () => {
    const { publish, verifier, advance } = await setUp();
    const { revocations, changes, isReady } = verifier({ staleAfterSeconds: 4 });
    await publish({ kind: 'heartbeat', floor: 1, last: 0 });
    await until(() => changes.length === 1);
    advance(4);
    expect(revocations.isStale()).toBe(false);
    advance(1);
    expect(revocations.isStale()).toBe(true);
    await until(() => changes.length === 2);
    // A stale service stays ready.
    expect(await isReady()).toBe(true);
    await publish({ kind: 'heartbeat', floor: 1, last: 0 });
    await until(() => changes.length === 3);
    expect([changes, revocations.isStale()]).toEqual([[false, true, false], false]);
  });

  it('is ready and stale when there was no feed for as long as the bound', async () => {
    const { verifier, advance, now: clock } = await setUp();
    const nowhere = (await newFileFeed()).replace('.log', '-nowhere.log');
    const { revocations, changes, errors, isReady } = verifier({ url: nowhere });
    await until(() => errors.length > 0);
    expect([await isReady(), revocations.isStale()]).toEqual([false, true]);
    advance(11);
    expect([await isReady(), revocations.isStale(), clock()]).toEqual([true, true, now + 11]);
    await until(() => changes.length === 1);
    // Reported once, although reading is retried all the time.
    expect([changes, errors]).toEqual([[true], [expect.stringContaining('ENOENT')]]);
  });

  it.each([
    ['of a build without terms, which leaves out what no longer matters', undefined, [1, 3]],
    ['with terms, after a change of the leader', 9, [1, 2, 3]],
  ])('is ready and fresh within a second of its start, on a feed %s', async (_case, term, seqs) => {
    const { publish, verifier } = await setUp();
    const heartbeat = { kind: 'heartbeat', floor: 1 } as const;
    const before = { ...heartbeat, last: 2, ...(term && { term: term - 1, beat: 400 }) };
    const newest = { ...heartbeat, last: 3, ...(term && { term, beat: 1 }) };
    await publish(ended(1, keepUntil), before);
    await publish(...seqs.map((seq) => ended(seq, keepUntil)), newest);
    const times: number[] = [];
    // The best of three, since the machine may be busy.
    for (let start = 1; start <= 3; start += 1) {
      const started = performance.now();
      const { revocations, isReady } = verifier();
      await until(isReady);
      times.push(performance.now() - started);
      expect(revocations.isStale()).toBe(false);
      expect(revocations.stats().reloads).toBeLessThanOrEqual(2);
      expect(seqs.every((seq) => revocations.isRevoked(`sid-${seq}`, now))).toBe(true);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
  });

  it('is stale when heartbeats arrive later than the bound', async () => {
    const { publish, verifier, advance } = await setUp();
    await publish({ kind: 'heartbeat', floor: 1, last: 0 });
    advance(16);
    const { revocations, outcomes } = verifier();
    await until(() => outcomes.length === 1);
    expect(revocations.isStale()).toBe(true);
  });

  it('throws a TypeError for a URL that is not that of a feed', () => {
    const { issuer, keys } = createQuickIssuer();
    expect(() => openRevocations({ url: 'feed.log', issuer, keys: () => keys, now: () => now })).toThrow(TypeError);
  });
});
