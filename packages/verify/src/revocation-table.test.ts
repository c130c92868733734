import { describe, expect, it } from '@jest/globals';
import { createTestClock, startOfTests as now } from '../test/test-clock.ts';
import { createRevocationTable } from './revocation-table.ts';

/** An hour, and twice the largest skew. */
const holdSeconds = 3600 + 120;

function setUp() {
  const clock = createTestClock();
  return { clock, table: createRevocationTable(clock) };
}

describe('a revocation table', () => {
  it('revokes nothing while it is empty', () => {
    const { table } = setUp();
    expect([table.isRevoked('s', 0), table.isRevoked('', now), table.isRevoked('__proto__', 0)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it.each([
    ['before the cut-off', now - 1, true],
    ['in its very second', now, true],
    ['a second after it', now + 1, false],
  ])('has for a token issued %s, %i: %s', (_case, iat, revoked) => {
    const { table } = setUp();
    table.put({ sid: 's', notBefore: now, keepUntil: now + 600 });
    expect(table.isRevoked('s', iat)).toBe(revoked);
    expect(table.isRevoked('t', iat)).toBe(false);
  });

  it('revokes every token of an ended session, with any iat', () => {
    const { table } = setUp();
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 600 });
    expect([0, now, now + 86_400, Number.MAX_SAFE_INTEGER].map((iat) => table.isRevoked('s', iat))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it('merges the cut-offs of a session by maximum', () => {
    const { table } = setUp();
    table.put({ sid: 's', notBefore: now - 10, keepUntil: now + 900 });
    table.put({ sid: 's', notBefore: now, keepUntil: now + 600 });
    table.put({ sid: 's', notBefore: now - 20, keepUntil: now + 300 });
    expect([table.size, table.isRevoked('s', now), table.isRevoked('s', now + 1)]).toEqual([1, true, false]);
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 60 });
    table.put({ sid: 's', notBefore: now + 5, keepUntil: now + 60 });
    expect(table.isRevoked('s', now + 1000)).toBe(true);
  });

  it('keeps a cut-off for the longest life of a token after it was added, and then removes it', () => {
    const { clock, table } = setUp();
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 600 });
    clock.advance(holdSeconds - 1);
    table.sweep();
    expect(table.isRevoked('s', now)).toBe(true);
    clock.advance(1);
    table.sweep();
    expect([table.size, table.isRevoked('s', now)]).toEqual([0, false]);
  });

  it('keeps a cut-off for the longest life that the verifier accepts', () => {
    const clock = createTestClock();
    const table = createRevocationTable({ ...clock, maxLifetimeSeconds: 86_400 });
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 600 });
    clock.advance(86_400);
    table.sweep();
    expect(table.size).toBe(1);
  });

  it('does not keep a cut-off longer when it is added again', () => {
    const { clock, table } = setUp();
    for (let hour = 0; hour < 2; hour += 1) {
      table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 600 });
      clock.advance(holdSeconds / 2);
    }
    table.sweep();
    expect(table.size).toBe(0);
  });

  it.each([
    ['forward and right again', [7200, -7200]],
    ['back and right again', [-7200, 7200]],
    ['forward, and stays there', [86_400]],
    ['back, and stays there', [-86_400]],
  ])('drops no cut-off when the clock is set %s', (_case, steps) => {
    const { clock, table } = setUp();
    table.put({ sid: 'before', notBefore: 'ended', keepUntil: now + 610 });
    for (const [index, seconds] of steps.entries()) {
      clock.step(seconds);
      table.sweep();
      table.put({ sid: `after-${index}`, notBefore: 'ended', keepUntil: now + 610 });
      clock.advance(1);
    }
    clock.advance(600);
    table.sweep();
    const sids = ['before', ...steps.map((_, index) => `after-${index}`)];
    expect(sids.map((sid) => table.isRevoked(sid, now))).toEqual(sids.map(() => true));
  });

  it('keeps a cut-off from a clock that was ahead until that time is reached', () => {
    const { clock, table } = setUp();
    clock.step(86_400);
    table.put({ sid: 's', notBefore: 'ended', keepUntil: clock.now() + 610 });
    clock.advance(7200);
    table.sweep();
    clock.step(-86_400);
    clock.advance(86_400 - 7200);
    table.sweep();
    expect(table.isRevoked('s', clock.now())).toBe(true);
    clock.advance(611);
    table.sweep();
    expect(table.size).toBe(0);
  });

  it('removes old cut-offs as new ones are added, without a sweep', () => {
    const { clock, table } = setUp();
    // These two are kept longer, and are not in the way.
    for (const sid of ['long', 'longer']) {
      table.put({ sid, notBefore: 'ended', keepUntil: now + 100 * 86_400 });
    }
    for (let index = 0; index < 50_000; index += 1) {
      table.put({ sid: `s${index}`, notBefore: 'ended', keepUntil: clock.now() + 10 });
      clock.advance(1);
    }
    expect(table.size).toBeLessThanOrEqual(holdSeconds + 3);
    expect(table.isRevoked('long', now)).toBe(true);
  });

  it.each([[{ notBefore: Number.NaN, keepUntil: now + 1 }], [{ notBefore: now, keepUntil: Number.NaN }]])(
    'throws for the fault of %j, which would never match a token',
    (wrong) => {
      const { table } = setUp();
      expect(() => table.put({ sid: 's', ...wrong })).toThrow(TypeError);
    },
  );

  it('throws without a clock, a monotonic clock or the life of a token', () => {
    const wrong = 5 as unknown as () => number;
    expect(() => createRevocationTable({ now: wrong })).toThrow('now must be a function');
    const options = { now: () => now };
    expect(() => createRevocationTable({ ...options, monotonicMs: wrong })).toThrow('monotonicMs must be a function');
    for (const maxLifetimeSeconds of [0, 86_401, Number.NaN]) {
      expect(() => createRevocationTable({ ...options, maxLifetimeSeconds })).toThrow('maxLifetimeSeconds must be');
    }
  });
});
