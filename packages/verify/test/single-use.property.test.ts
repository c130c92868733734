import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createSingleUseStore } from '../src/single-use-store.ts';
import { createTestClock, startOfTests } from './test-clock.ts';

const lifeSeconds = 15;
const clockToleranceSeconds = 5;

interface Token {
  readonly id: string;
  readonly iat: number;
}

const offset = fc.oneof(fc.constant(0), fc.integer({ min: -86_400, max: 86_400 }), fc.constantFrom(-7200, 7200));
type Step = ['pass', number] | ['set', number, number] | ['call'] | ['replay', number];
const steps = fc.oneof(
  fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(3600, 7200, 86_400)).map((s): Step => ['pass', s]),
  fc.tuple(offset, offset).map(([callee, caller]): Step => ['set', callee, caller]),
  fc.constant<Step>(['call']),
  fc.nat(20).map((index): Step => ['replay', index]),
);

describe('the single use of a service token, with any steps of the clocks of caller and callee', () => {
  it('no token is accepted twice, and a new one is accepted whenever both clocks are right', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), (journey) => {
        const clock = createTestClock();
        const store = createSingleUseStore({ capacity: 1000, ...clock });
        const trueTime = () => startOfTests + clock.monotonicMs() / 1000;
        let [callee, caller] = [0, 0];
        const tokens: Token[] = [];
        const accepted = new Set<string>();

        /** The decision of the verifier, which has its own tests: valid in time, and then not used before. */
        function call({ id, iat }: Token): boolean {
          const time = clock.now();
          const exp = iat + lifeSeconds;
          const isInTime = iat <= time + clockToleranceSeconds && exp > time - clockToleranceSeconds;
          return isInTime && store.use(id, exp + clockToleranceSeconds + 1) === 'recorded';
        }

        function accept(token: Token): boolean {
          const isAccepted = call(token);
          if (isAccepted) expect(accepted.has(token.id)).toBe(false);
          if (isAccepted) accepted.add(token.id);
          return isAccepted;
        }

        for (const [what, first = 0, second = 0] of journey) {
          if (what === 'pass') clock.advance(first);
          if (what === 'set') {
            clock.step(first - callee);
            [callee, caller] = [first, second];
          }
          if (what === 'call') {
            const token = { id: `id-${tokens.length}`, iat: trueTime() + caller };
            tokens.push(token);
            const isAccepted = accept(token);
            if (Math.abs(callee - caller) <= clockToleranceSeconds) expect(isAccepted).toBe(true);
          }
          const old = tokens[first];
          if (what === 'replay' && old !== undefined) accept(old);
        }
        // An attacker who waits until each token would be valid in time once more.
        for (const token of [...tokens].sort((a, b) => a.iat - b.iat)) {
          clock.step(-callee);
          callee = 0;
          clock.advance(Math.max(0, token.iat - trueTime()));
          accept(token);
        }
      }),
      { numRuns: 300 },
    );
  });
});
