import { describe, expect, it } from '@jest/globals';
import { goodClaims, setUpAccessTokens } from '../test/access-tokens.ts';
import { outcomeOf } from '../test/outcome.ts';
import { createAccessTokenVerifier } from './access-token.ts';
import type { AccessTokenVerifierOptions } from './access-token-options.ts';
import { AuthError } from './auth-error.ts';

const { clock, forged, issuer, verifier } = setUpAccessTokens();
const good = { issuer: issuer.issuer, audience: 'order', keys: issuer.keys, revocations: null, now: clock.now };

/** As a JavaScript caller would: with any value at all. */
function build(options: Readonly<Record<string, unknown>>): unknown {
  return createAccessTokenVerifier({ ...good, ...options } as AccessTokenVerifierOptions);
}

describe('createAccessTokenVerifier', () => {
  // The library treats most of these as "skip this check".
  it.each([
    ['issuer', [undefined, null, '', ' ', 5, true, {}, [], [undefined], [goodClaims.iss], /auth/, ['']]],
    ['audience', [undefined, null, '', ' ', 5, true, {}, [], [undefined], [null], ['order'], /order/]],
    ['now', [undefined, null, 1_800_000_000, '1800000000', new Date(0), {}]],
    ['keys', [undefined, null, {}, [], 'pem', { k: 'secret' }, new Set(), () => undefined, () => ({}), () => null]],
    ['accepts', [null, true, 'all', {}]],
    ['onUnknownKid', [null, 'refresh', {}, true]],
    ['revocations', [undefined, {}, [], 'none', true, false, 0, { isRevoked: true }]],
  ])('throws at build time when %s is one of %p', (name, values) => {
    for (const value of values) {
      expect(() => build({ [name]: value })).toThrow(new RegExp(`^${name}.* must `));
    }
  });

  it.each([
    ['clockToleranceSeconds', [null, '5s', '5', '0', Number.NaN, Number.POSITIVE_INFINITY, -1, 61, 0.5, true, [5], {}]],
    ['maxLifetimeSeconds', [null, '1h', '3600', Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 86_401, 0.5, true, [60]]],
  ])('throws at build time when %s is one of %p', (name, values) => {
    for (const value of values) {
      expect(() => build({ [name]: value })).toThrow(`${name} must be a whole number of seconds`);
    }
  });

  it.each([null, '100', Number.NaN, Number.POSITIVE_INFINITY, -1, 1_000_001, 0.5, true, [5], {}])(
    'throws at build time when rememberTokens is %p',
    (rememberTokens) => {
      expect(() => build({ rememberTokens })).toThrow('rememberTokens must be a whole number of tokens');
    },
  );

  it.each([
    { clockToleranceSeconds: 0 },
    { clockToleranceSeconds: 60 },
    { maxLifetimeSeconds: 1 },
    { maxLifetimeSeconds: 86_400 },
    { clockToleranceSeconds: undefined, maxLifetimeSeconds: undefined },
    { rememberTokens: 0 },
    { rememberTokens: 1_000_000 },
    { keys: () => issuer.keys },
    { revocations: { isRevoked: () => false } },
  ])('accepts %o', (options) => {
    expect(() => build(options)).not.toThrow();
  });

  it('throws at build time without options', () => {
    expect(() => createAccessTokenVerifier(undefined as unknown as AccessTokenVerifierOptions)).toThrow(TypeError);
  });

  it.each([
    undefined,
    null,
    5,
    true,
    {},
    [],
    [forged(goodClaims)],
    Buffer.from(forged(goodClaims)),
    new String('a.b.c'),
  ])('creates a verifier that rejects %p, which is not a string', (token) => {
    expect(() => verifier.verify(token as string)).toThrow('invalid_token: malformed');
  });

  it.each([
    ['the issuer', { iss: 'https://other.example' }],
    ['the audience', { aud: ['billing'] }],
    ['a claim', { sub: 5 }],
    ['the time', { exp: 1 }],
  ])('creates a verifier whose refusal of %s repeats neither the token nor a setting', (_case, claims) => {
    const token = forged({ ...goodClaims, ...claims });
    const error = errorOf(() => verifier.verify(token));
    expect(error).toBeInstanceOf(AuthError);
    for (const secret of [token, 'auth.example', 'order', 'billing', 'other.example']) {
      expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(secret);
    }
  });

  it.each([
    ['a promise', async () => false],
    ['a text', () => 'no'],
    ['a number', () => 1],
    ['nothing', () => undefined],
  ])('accepts no token when accepts returns %s', (_case, accepts) => {
    const built = createAccessTokenVerifier({ ...good, accepts } as unknown as AccessTokenVerifierOptions);
    expect(outcomeOf(() => built.verify(issuer.token()))).toBe('invalid_token: claims');
  });
});

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
