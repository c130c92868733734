import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CutOff, createRevocationTable } from '../src/revocation-table.ts';
import { createTestClock, startOfTests as now } from './test-clock.ts';

const sids = ['a', 'b', 'c', 'd'];
const cutOff: fc.Arbitrary<CutOff> = fc.record({
  sid: fc.constantFrom(...sids),
  notBefore: fc.oneof(fc.constant('ended' as const), fc.integer({ min: now - 5, max: now + 5 })),
  keepUntil: fc.integer({ min: now + 1, max: now + 20 }),
});
const iats = [now - 6, now - 1, now, now + 1, now + 6];

/** A plain model of the rule: the greatest cut-off, as long as the last of them is kept. */
function isRevoked(cutOffs: readonly CutOff[], sid: string, iat: number): boolean {
  return cutOffs.some((one) => one.sid === sid && (one.notBefore === 'ended' || iat <= one.notBefore));
}

describe('a revocation table', () => {
  it('has the same result for every order and repetition of the same cut-offs', () => {
    const shuffled = fc
      .array(cutOff, { maxLength: 12 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })));
    fc.assert(
      fc.property(shuffled, ([all, arriving]) => {
        const table = createRevocationTable({ now: () => now });
        for (const one of arriving) table.put(one);
        const told = sids.map((sid) => iats.map((iat) => table.isRevoked(sid, iat)));
        expect(told).toEqual(sids.map((sid) => iats.map((iat) => isRevoked(all, sid, iat))));
      }),
    );
  });

  it('keeps every cut-off for the longest life of a token and until its time is over, and none after that', () => {
    const times = fc.record({
      maxLifetimeSeconds: fc.integer({ min: 1, max: 30 }),
      later: fc.integer({ min: 0, max: 160 }),
    });
    fc.assert(
      fc.property(fc.array(cutOff, { maxLength: 12 }), times, (all, { maxLifetimeSeconds, later }) => {
        const clock = createTestClock();
        const table = createRevocationTable({ ...clock, maxLifetimeSeconds });
        for (const one of all) table.put(one);
        clock.advance(later);
        table.sweep();
        const live = all.filter(({ keepUntil }) => later < maxLifetimeSeconds + 120 || keepUntil > clock.now());
        expect(table.size).toBe(new Set(live.map(({ sid }) => sid)).size);
        for (const { sid, notBefore } of live) {
          expect(table.isRevoked(sid, notBefore === 'ended' ? Number.MAX_SAFE_INTEGER : notBefore)).toBe(true);
        }
      }),
    );
  });
});
