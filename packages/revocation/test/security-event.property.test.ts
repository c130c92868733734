import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeedEvent } from '../src/feed-event.ts';
import { createFeedEventVerifier, SecurityEventError } from '../src/security-event.ts';
import { createEventIssuer, ended, startOfTests as now } from './issuer.ts';

const issuer = createEventIssuer();
const verifier = createFeedEventVerifier({ issuer: issuer.issuer, keys: () => issuer.keys, now: () => now });
const good = issuer.sign(ended(1, now + 600));

/** Any code point except half a surrogate pair. `unit: 'binary'` is the same, but takes a second to list them all first. */
const codePoint = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + 0x800));

/** Asserts that `verify` returns an event or throws a SecurityEventError, and nothing else. */
function expectValueOrRefusal(text: string): void {
  try {
    expect(['session-revoked', 'token-claims-change', 'heartbeat']).toContain(verifier.verify(text).kind);
  } catch (error) {
    expect(error).toBeInstanceOf(SecurityEventError);
    expect(error).toMatchObject({ code: 'invalid_security_event' });
  }
}

describe('the verifier of events', () => {
  it('returns an event or throws a SecurityEventError for any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.string()), expectValueOrRefusal));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expectValueOrRefusal(Buffer.from(bytes).toString('latin1'))));
  });

  it('returns an event or throws a SecurityEventError for any signed JSON', () => {
    const signed = fc.json().map((text) => issuer.tokens.sign(text, { typ: 'secevent+jwt' }));
    fc.assert(fc.property(signed, expectValueOrRefusal), { numRuns: 50 });
  });

  it('refuses a valid token with any one character changed', () => {
    const changes = fc.tuple(fc.nat(good.length - 1), fc.constantFrom(...'ABCabc019-_.'));
    fc.assert(
      fc.property(changes, ([at, character]) => {
        fc.pre(good[at] !== character);
        expect(() => verifier.verify(good.slice(0, at) + character + good.slice(at + 1))).toThrow(SecurityEventError);
      }),
    );
  });

  it('returns every signed event unchanged', () => {
    const seq = fc.integer({ min: 1 });
    const time = fc.integer({ min: 1, max: now * 2 });
    const text = fc.string({ minLength: 1, maxLength: 255, unit: 'grapheme-ascii' });
    const term = fc.integer({ min: 1 });
    const session = { seq, sid: text, keepUntil: time, reason: text, term };
    const event: fc.Arbitrary<FeedEvent> = fc.oneof(
      fc.record({ kind: fc.constant('session-revoked' as const), ...session }),
      fc.record({ kind: fc.constant('token-claims-change' as const), ...session, notBefore: time }),
      fc.nat().chain((last) =>
        fc.record({
          kind: fc.constant('heartbeat' as const),
          last: fc.constant(last),
          floor: fc.integer({ min: 1, max: last + 1 }),
          term,
          beat: fc.integer({ min: 1 }),
        }),
      ),
    );
    fc.assert(
      fc.property(event, (one) => expect(verifier.verify(issuer.sign(one))).toEqual({ ...one, at: now })),
      { numRuns: 50 },
    );
  });
});
