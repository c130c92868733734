import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CutOff } from '../src/revocation-table.ts';
import { createRevocationTable } from '../src/revocation-table.ts';
import { startOfTests as now } from './test-clock.ts';

const sids = ['a', 'b', 'c', 'd'];
const cutOff: fc.Arbitrary<CutOff> = fc.record({
  sid: fc.constantFrom(...sids),
  notBefore: fc.oneof(fc.constant('ended' as const), fc.integer({ min: now - 5, max: now + 5 })),
  keepUntil: fc.integer({ min: now + 1, max: now + 20 }),
});
const iats = [now - 6, now - 1, now, now + 1, now + 6];

/** What the rule says, written down plainly: the greatest cut-off, for as long as the longest of them is kept. */
function isRevoked(cutOffs: readonly CutOff[], sid: string, iat: number): boolean {
  return cutOffs.some((one) => one.sid === sid && (one.notBefore === 'ended' || iat <= one.notBefore));
}

describe('a revocation table', () => {
  it('says the same for every order and repetition of the same cut-offs', () => {
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

  it('keeps every cut-off until its time is over, and none after the last one of its session', () => {
    fc.assert(
      fc.property(fc.array(cutOff, { maxLength: 12 }), fc.integer({ min: 0, max: 25 }), (all, later) => {
        let time = now;
        const table = createRevocationTable({ now: () => time });
        for (const one of all) table.put(one);
        time += later;
        table.sweep();
        const live = all.filter(({ keepUntil }) => keepUntil > time);
        expect(table.size).toBe(new Set(live.map(({ sid }) => sid)).size);
        for (const { sid, notBefore } of live) {
          expect(table.isRevoked(sid, notBefore === 'ended' ? Number.MAX_SAFE_INTEGER : notBefore)).toBe(true);
        }
      }),
    );
  });
});
