import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTimeModel } from './time-model.ts';

type Model = ReturnType<typeof createTimeModel>;
type Step = readonly [name: string, run: (model: Model) => void];

const step = (name: string, run: Step[1]): Step => [name, run];
const sid = fc.constantFrom('a', 'b', 'c');
const offset = fc.oneof(
  fc.constant(0),
  fc.constantFrom(-86_400, -7200, -60, -8, -4, 4, 8, 60, 7200, 86_400),
  fc.integer({ min: -86_400, max: 86_400 }),
);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: sid.map((one) => step(`mint ${one}`, (model) => model.mint(one))) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(sid, fc.constantFrom('ended' as const, 'changed' as const))
      .map(([one, kind]) => step(`${one} ${kind}`, (model) => model.cut(one, kind))),
  },
  { weight: 4, arbitrary: fc.constant(step('heartbeat', (model) => void model.beat())) },
  { weight: 2, arbitrary: fc.constant(step('compact', (model) => model.compact())) },
  { weight: 4, arbitrary: fc.constant(step('read', (model) => model.readAll())) },
  { weight: 2, arbitrary: fc.constant(step('read the last', (model) => model.readLast())) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.boolean(), { minLength: 1, maxLength: 5 })
      .map((lost) =>
        step(`read but for ${lost}`, (model) => model.readNew((index) => lost[index % lost.length] === true)),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(300, 601, 3600, 3900, 86_000, 86_400))
      .map((seconds) => step(`${seconds} s pass`, ({ times }) => times.advance(seconds))),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('issuer', 'verifier', 'both'), offset).map(([which, seconds]) =>
      step(`clock of ${which} off by ${seconds}`, ({ times: { offsets } }) => {
        if (which !== 'verifier') offsets.issuer = seconds;
        if (which !== 'issuer') offsets.verifier = seconds;
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constant(step('verifier restarts', (model) => model.restartVerifier())) },
  { weight: 1, arbitrary: fc.constant(step('new leader', (model) => model.lead())) },
  { weight: 1, arbitrary: fc.constant(step('back up', (model) => model.backUp())) },
  { weight: 1, arbitrary: fc.constant(step('restore', (model) => model.lead({ isRestored: true }))) },
  {
    weight: 1,
    arbitrary: fc.nat(6).map((seq) => step(`fenced leader at ${seq + 1}`, (model) => model.speakAsFenced(seq + 1))),
  },
);

const journeys = fc.array(steps, { minLength: 10, maxLength: 60 }).map((all) => ({
  run: (model: Model, check: () => void) => {
    for (const [, run] of all) {
      run(model);
      check();
    }
  },
  toString: () => all.map(([name]) => name).join(', '),
}));

/** The number of runs; TIME_RUNS=20000 for a long search. */
const numRuns = Number(process.env['TIME_RUNS'] ?? 80);

describe('with any steps of the clocks of issuer and verifier, and any order of the feed', () => {
  it('every revoked token is refused until it truly expires, once its event was delivered, and no other token is refused as revoked', () => {
    fc.assert(
      fc.property(journeys, ({ run }) => {
        const model = createTimeModel();
        const check = () => {
          expect(model.wronglyAccepted()).toEqual([]);
          expect(model.acceptedThoughFresh()).toEqual([]);
          expect(model.wronglyRevoked()).toEqual([]);
        };
        run(model, check);
        // In the end all clocks are right, and only the next heartbeat arrives.
        Object.assign(model.times.offsets, { issuer: 0, verifier: 0 });
        model.times.advance(17);
        model.beat();
        model.readLast();
        check();
        model.readAll();
        check();
      }),
      { numRuns },
    );
  });

  it('a verifier is stale while its clock differs from that of the issuer, and fresh at the next heartbeat when it does not', () => {
    fc.assert(
      fc.property(journeys, offset, offset, ({ run }, issuer, verifier) => {
        const model = createTimeModel();
        const { offsets } = model.times;
        run(model, () => undefined);
        Object.assign(offsets, { issuer, verifier });
        model.beat();
        model.readAll();
        const difference = Math.abs(issuer - verifier);
        // In between, the result depends on fractions of a second and on which clock is behind.
        if (difference > 11) expect(model.isStale()).toBe(true);
        if (difference < 5) expect(model.isStale()).toBe(false);
        Object.assign(offsets, { issuer: 0, verifier: 0 });
        model.beat();
        model.readAll();
        expect(model.isStale()).toBe(false);
      }),
      { numRuns },
    );
  });
});
