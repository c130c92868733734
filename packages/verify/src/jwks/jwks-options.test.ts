import { describe, expect, it } from '@jest/globals';
import { startOfTests } from '../../test/test-clock.ts';
import { ownProfile } from '../access-token-profile.ts';
import { createJwksSource, type DiscoverIssuerOptions, discoverIssuer, type JwksSourceOptions } from './index.ts';

const required = { url: 'https://auth.example/jwks.json', now: () => startOfTests };

/** As a JavaScript caller would: with any value at all. */
function build(options: Readonly<Record<string, unknown>>): unknown {
  return createJwksSource({ ...required, ...options } as JwksSourceOptions);
}

/** The same for discovery. */
function discover(options: Readonly<Record<string, unknown>>): unknown {
  return discoverIssuer({ issuer: 'https://auth.example', now: required.now, ...options } as DiscoverIssuerOptions);
}

const jwk = { alg: 'optional', use: 'optional' };
const numbers = [null, '300', Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, true, {}, []];

/** Options that every source of keys has, with values that are wrong. */
const wrong: readonly (readonly [string, readonly unknown[]])[] = [
  ['now', [undefined, null, startOfTests, new Date(0)]],
  ['allowHttp', [null, 'true', 1]],
  ['freshForSeconds', [...numbers, 86_401]],
  ['staleForSeconds', [...numbers, 299, 604_801]],
  ['cooldownSeconds', [...numbers, 3601]],
  ['timeoutMs', [...numbers, 60_001]],
  ['maxBytes', [...numbers, 1_048_577]],
  ['random', [null, 0.5]],
  ['onOutcome', [null, 'log', {}]],
  [
    'profile',
    [
      null,
      'entra',
      {},
      { algorithms: ['RS256'] },
      { jwk },
      { algorithms: 'RS256', jwk },
      { algorithms: [], jwk },
      { algorithms: ['HS256'], jwk },
      { algorithms: ['RS256', 'none'], jwk },
      { algorithms: ['RS256'], jwk: { alg: 'optional' } },
      { algorithms: ['RS256'], jwk: { use: 'optional' } },
      { algorithms: ['RS256'], jwk: { alg: 'any', use: 'optional' } },
      { algorithms: ['RS256'], jwk: { alg: 'optional', use: true } },
    ],
  ],
];

describe('createJwksSource', () => {
  it.each([['url', [undefined, null, '', 'jwks.json', 'http://auth.example/jwks.json']] as const, ...wrong])(
    'throws at build time when %s is one of %p',
    (name, values) => {
      for (const value of values) expect(() => build({ [name]: value })).toThrow(new RegExp(`^${name} must be `));
    },
  );

  it.each([
    {},
    { allowHttp: true, url: 'http://user:4001/jwks.json' },
    { profile: ownProfile },
    { profile: { algorithms: ['RS256', 'Ed25519'], jwk: { alg: 'required', use: 'optional' } } },
    { freshForSeconds: 1, staleForSeconds: 1, cooldownSeconds: 1, timeoutMs: 1, maxBytes: 1 },
    {
      freshForSeconds: 86_400,
      staleForSeconds: 604_800,
      cooldownSeconds: 3600,
      timeoutMs: 60_000,
      maxBytes: 1_048_576,
    },
  ])('accepts %o', (options) => {
    expect(() => build(options)).not.toThrow();
  });

  it('trusts keys at least as long as they are fresh', () => {
    expect(() => build({ freshForSeconds: 600, staleForSeconds: 599 })).toThrow('staleForSeconds must be');
  });
});

describe('discoverIssuer', () => {
  const issuers = [undefined, null, '', ' ', 5, {}, [], 'auth.example', '/tenant', 'file:///etc', 'ftp://auth.example'];

  it.each([['issuer', issuers] as const, ...wrong])('throws at build time when %s is one of %p', (name, values) => {
    for (const value of values) expect(() => discover({ [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });

  it.each([
    ['http://auth.example', 'must be https, unless allowHttp is true'],
    ['http://127.0.0.1:3000', 'must be https, unless allowHttp is true'],
    ['http://localhost:3000/secret', 'must be https, unless allowHttp is true'],
    ['https://ada:secret@auth.example', 'must be without user, password and fragment'],
    ['https://auth.example/#secret', 'must be without user, password and fragment'],
    ['https://auth.example/#', 'must be without query and fragment'],
    ['https://auth.example/?secret', 'must be without query and fragment'],
    ['https://auth.example/?', 'must be without query and fragment'],
    ['https://auth.example/secret\n', 'must be visible ASCII characters'],
    [' https://auth.example/secret', 'must be visible ASCII characters'],
    ['https://auth.example/{tenantid}/v2.0', 'must name your tenant'],
    ['https://auth.example/{secret', 'must name your tenant'],
    ['https://auth.example/secret}', 'must name your tenant'],
  ])('refuses the issuer %p, and does not repeat it', (issuer, rule) => {
    expect(() => discover({ issuer })).toThrow(new RegExp(`^issuer ${rule}(?!.*secret)`));
  });

  it.each([
    {},
    { issuer: 'https://auth.example/' },
    { issuer: 'https://auth.example:8443/tenant/v2.0' },
    { issuer: 'http://127.0.0.1:3000', allowHttp: true },
    { issuer: 'http://keycloak:8080/realms/shop', allowHttp: true },
  ])('accepts %o', (options) => {
    expect(() => discover(options)).not.toThrow();
  });
});
