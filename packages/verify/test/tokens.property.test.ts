import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseAccepts, parseCalls } from '../src/edge-keys.ts';
import { KeyMaterialError } from '../src/key-material.ts';
import { parseJwks } from '../src/public-keys.ts';
import { setUpAccessTokens } from './access-tokens.ts';
import { outcomeLater, outcomeOf } from './outcome.ts';
import { bytes, createQuote, quoteCall, quoteContent, setUpServiceCalls } from './service-calls.ts';

const users = setUpAccessTokens();
const calls = setUpServiceCalls();
const segment = fc.uint8Array({ maxLength: 60 }).map((value) => Buffer.from(value).toString('base64url'));
const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
// The 'binary' unit of fast-check does the same, but needs a second to set up.
const unit = fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code));
const part = fc.oneof(segment, json, fc.string({ unit, maxLength: 40 }));
/** Texts that are nearly tokens, and texts that are nothing. */
const anyToken = fc.oneof(
  fc.string({ unit }),
  fc.tuple(part, part, part).map((parts) => parts.join('.')),
);
const refusal = /^[a-z_]+: [a-z_]+$/;

/** Replaces one character by another one. */
function mutated(token: string, at: number, by: string): string {
  const index = at % token.length;
  return token.slice(0, index) + by + token.slice(index + 1);
}

describe('with any input', () => {
  it('an access token verifier answers with claims or a coded error', () => {
    fc.assert(fc.property(anyToken, (token) => expect(users.outcome(token)).toMatch(refusal)));
    fc.assert(
      fc.property(fc.anything(), (value) =>
        expect(outcomeOf(() => users.verifier.verify(value as string))).toMatch(refusal),
      ),
    );
  });

  it('it does so for any payload and header that the issuer itself has signed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (payload, header) => {
        expect(users.outcome(users.forged(payload, header))).toMatch(/^(accepted|[a-z_]+: [a-z_]+)$/);
      }),
      { numRuns: 50 },
    );
  });

  it('a service token verifier answers with a call or a coded error', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyToken,
        fc.string(),
        fc.string(),
        fc.uint8Array(),
        async (serviceToken, target, method, content) => {
          const incoming = { operation: createQuote, method, target, serviceToken, accessToken: undefined };
          expect(await calls.outcome(incoming, content)).toMatch(refusal);
        },
      ),
    );
    expect(calls.store.size).toBe(0);
  });

  it('it does so for any claims that the caller itself has signed', async () => {
    const claims = fc.record(
      Object.fromEntries(
        Object.keys(calls.quoteClaims()).map((name) => [
          name,
          fc.oneof(fc.jsonValue(), fc.constant(calls.quoteClaims()[name])),
        ]),
      ),
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(claims, async (payload) => {
        const incoming = calls.arriving(quoteCall, { serviceToken: calls.forged(payload) });
        expect(await calls.outcome(incoming, quoteContent)).toMatch(/^(accepted|[a-z_]+: [a-z_]+)$/);
      }),
    );
  });

  it.each([
    ['parseJwks', parseJwks],
    ['parseAccepts', parseAccepts],
    ['parseCalls', parseCalls],
  ])('%s answers with keys or names a member', (_name, parse) => {
    const check = (value: unknown) => {
      try {
        expect(parse(value)).toBeInstanceOf(Map);
      } catch (error) {
        expect(error).toBeInstanceOf(KeyMaterialError);
      }
    };
    fc.assert(fc.property(fc.anything({ withNullPrototype: true, withMap: true, withBigInt: true }), check));
    const [jwk] = users.issuer.jwks.keys;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (members) => check({ keys: [{ ...jwk, ...members }] })),
    );
  });
});

describe('one changed character', () => {
  const alphabet = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ');

  it('makes an access token a rejected one, wherever it is', () => {
    const token = users.issuer.token();
    expect(users.outcome(token)).toBe('accepted');
    fc.assert(
      fc.property(fc.nat(), alphabet, (at, by) => {
        const other = mutated(token, at, by);
        fc.pre(other !== token);
        expect(users.outcome(other)).toMatch(refusal);
      }),
      { numRuns: 500 },
    );
  });

  it('makes a service token a rejected one, in the token, the target or the content', async () => {
    const good = calls.arriving(quoteCall);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('token', 'target', 'content'), fc.nat(), alphabet, async (where, at, by) => {
        const serviceToken = where === 'token' ? mutated(good.serviceToken, at, by) : good.serviceToken;
        const target = where === 'target' ? mutated(good.target, at, by) : good.target;
        const text = Buffer.from(quoteContent).toString();
        const content = where === 'content' ? bytes(mutated(text, at, by)) : quoteContent;
        fc.pre(
          serviceToken !== good.serviceToken || target !== good.target || Buffer.compare(content, quoteContent) !== 0,
        );
        expect(await calls.outcome({ ...good, serviceToken, target }, content)).toMatch(refusal);
      }),
      { numRuns: 500 },
    );
    // All of that has used nothing up: the call itself is still good, once.
    expect(await calls.outcome(good, quoteContent)).toBe('accepted');
    expect(await calls.outcome(good, quoteContent)).toBe('invalid_service_token: replayed');
    expect(await outcomeLater(async () => calls.verifier.verify(good).accept(quoteContent))).toContain('replayed');
  });
});
