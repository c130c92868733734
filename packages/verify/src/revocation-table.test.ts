import { describe, expect, it } from '@jest/globals';
import { createTestClock, startOfTests as now } from '../test/test-clock.ts';
import { createRevocationTable } from './revocation-table.ts';

function setUp() {
  const clock = createTestClock();
  return { clock, table: createRevocationTable({ now: clock.now }) };
}

describe('a revocation table', () => {
  it('revokes nothing while it is empty', () => {
    const { table } = setUp();
    expect([table.isRevoked('s', 0), table.isRevoked('', now), table.isRevoked('__proto__', 0)]).toEqual([
      ...[false, false, false],
    ]);
  });

  it.each([
    ['before the cut-off', now - 1, true],
    ['in its very second', now, true],
    ['a second after it', now + 1, false],
  ])('says of a token issued %s, %i: %s', (_case, iat, revoked) => {
    const { table } = setUp();
    table.put({ sid: 's', notBefore: now, keepUntil: now + 600 });
    expect(table.isRevoked('s', iat)).toBe(revoked);
    expect(table.isRevoked('t', iat)).toBe(false);
  });

  it('refuses every token of an ended session, whatever its iat', () => {
    const { table } = setUp();
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 600 });
    expect([0, now, now + 86_400, Number.MAX_SAFE_INTEGER].map((iat) => table.isRevoked('s', iat))).toEqual([
      ...[true, true, true, true],
    ]);
  });

  it('merges the cut-offs of a session by maximum', () => {
    const { clock, table } = setUp();
    table.put({ sid: 's', notBefore: now - 10, keepUntil: now + 900 });
    table.put({ sid: 's', notBefore: now, keepUntil: now + 600 });
    table.put({ sid: 's', notBefore: now - 20, keepUntil: now + 300 });
    expect([table.size, table.isRevoked('s', now), table.isRevoked('s', now + 1)]).toEqual([1, true, false]);
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 60 });
    table.put({ sid: 's', notBefore: now + 5, keepUntil: now + 60 });
    expect(table.isRevoked('s', now + 1000)).toBe(true);
    clock.advance(899);
    table.sweep();
    expect(table.isRevoked('s', now)).toBe(true);
    clock.advance(1);
    table.sweep();
    expect([table.size, table.isRevoked('s', now)]).toEqual([0, false]);
  });

  it('does not take what is over already, nor merge with it', () => {
    const { clock, table } = setUp();
    table.put({ sid: 'over', notBefore: 'ended', keepUntil: now });
    expect(table.size).toBe(0);
    table.put({ sid: 'live', notBefore: 'ended', keepUntil: now + 9999 });
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 1 });
    clock.advance(1);
    table.put({ sid: 's', notBefore: now, keepUntil: now + 600 });
    expect(table.isRevoked('s', now + 1)).toBe(false);
  });

  it('forgets as it takes, when nobody asks it to', () => {
    const { clock, table } = setUp();
    for (let index = 0; index < 10_000; index += 1) {
      table.put({ sid: `s${index}`, notBefore: 'ended', keepUntil: clock.now() + 10 });
      if (index % 10 === 9) clock.advance(1);
    }
    expect(table.size).toBeLessThanOrEqual(110);
  });

  it('does not bring back what is over when the clock is set back', () => {
    const { clock, table } = setUp();
    clock.advance(100);
    table.sweep();
    clock.advance(-100);
    table.put({ sid: 's', notBefore: 'ended', keepUntil: now + 50 });
    expect(table.size).toBe(0);
  });

  it.each([[{ notBefore: Number.NaN, keepUntil: now + 1 }], [{ notBefore: now, keepUntil: Number.NaN }]])(
    'throws for the fault of %j, which would never match a token',
    (wrong) => {
      const { table } = setUp();
      expect(() => table.put({ sid: 's', ...wrong })).toThrow(TypeError);
    },
  );

  it('needs a clock', () => {
    expect(() => createRevocationTable({ now: 5 as unknown as () => number })).toThrow('now must be a function');
  });
});
