import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { otherKey } from '../../test/access-tokens.ts';
import { jwksAnswer } from '../../test/jwks-server.ts';
import { type JwksSetup, setUpJwks } from '../../test/jwks-setup.ts';
import { type IgnoredKey, type KeyRules, parseJwks } from '../public-keys.ts';

/** Made-up keys: only the shapes are those of the products. */
const { n, e } = createPublicKey(otherKey).export({ format: 'jwk' });
const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const certificate = { x5c: ['MIIC…'], x5t: 'aW52ZW50ZWQ', 'x5t#S256': 'aW52ZW50ZWQ' };
const rsa = { kty: 'RSA', n, e };

interface Sample {
  readonly issuer: string;
  readonly keys: readonly object[];
  /** The kids that are used, and those that are ignored. */
  readonly used: readonly string[];
  readonly ignored: readonly string[];
}

const samples: readonly Sample[] = [
  {
    issuer: 'Keycloak, with a key for encryption',
    keys: [
      { kid: 'enc', ...rsa, alg: 'RSA-OAEP', use: 'enc', ...certificate },
      { kid: 'sig', ...rsa, alg: 'RS256', use: 'sig', ...certificate },
    ],
    used: ['sig'],
    ignored: ['enc'],
  },
  {
    issuer: 'Keycloak, with EdDSA and ES256 beside RS256',
    keys: [
      { kid: 'ed', ...ed25519, alg: 'EdDSA', use: 'sig' },
      { kid: 'ec', kty: 'EC', alg: 'ES256', use: 'sig', crv: 'P-256', x, y },
      { kid: 'rsa', ...rsa, alg: 'RS256', use: 'sig', ...certificate },
    ],
    used: ['ed', 'ec', 'rsa'],
    ignored: [],
  },
  {
    issuer: 'Auth0, with the next key',
    keys: ['now', 'next'].map((kid) => ({ ...rsa, use: 'sig', alg: 'RS256', kid, ...certificate })),
    used: ['now', 'next'],
    ignored: [],
  },
  {
    issuer: 'Okta',
    keys: [{ ...rsa, alg: 'RS256', kid: 'okta', use: 'sig' }],
    used: ['okta'],
    ignored: [],
  },
  {
    issuer: 'Google',
    keys: ['one', 'two'].map((kid) => ({ n, use: 'sig', kid, alg: 'RS256', e, kty: 'RSA' })),
    used: ['one', 'two'],
    ignored: [],
  },
  {
    issuer: 'Amazon Cognito',
    keys: ['id+one=', 'id/two='].map((kid) => ({ alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' })),
    used: ['id+one=', 'id/two='],
    ignored: [],
  },
  {
    issuer: 'Zitadel, with a key of Ed25519',
    keys: [
      { use: 'sig', kty: 'RSA', kid: '278491', alg: 'RS256', n, e },
      { use: 'sig', ...ed25519, kid: '278492', alg: 'EdDSA' },
    ],
    used: ['278491', '278492'],
    ignored: [],
  },
  {
    issuer: 'an issuer that moves to ML-DSA (AKP keys)',
    keys: [
      { ...rsa, alg: 'RS256', kid: 'rsa', use: 'sig' },
      { kty: 'AKP', alg: 'ML-DSA-44', kid: 'pq', use: 'sig', pub: 'AAAA' },
    ],
    used: ['rsa'],
    ignored: ['pq'],
  },
];

describe('parseJwks, with the sets that identity providers publish', () => {
  it.each(samples)('uses the signature keys of $issuer and ignores the others', ({ keys, used, ignored }) => {
    const left: (string | undefined)[] = [];
    const found = parseJwks({ keys }, { onIgnored: ({ kid }) => left.push(kid) });
    expect([[...found.keys()], left]).toEqual([used, ignored]);
  });

  it('uses no key of Microsoft Entra ID, whose keys have no alg, unless the profile has one algorithm for them', () => {
    const keys = [{ ...rsa, use: 'sig', kid: 'entra', ...certificate, issuer: 'https://login.example/v2.0' }];
    expect(() => parseJwks({ keys })).toThrow('keys[0].alg must be RS256 or PS256 for an RSA key');
    const two = { algorithms: ['RS256', 'RS384'], jwk: { alg: 'optional', use: 'required' } } as const;
    expect(() => parseJwks({ keys }, { profile: two })).toThrow('keys[0].alg must be RS256 or RS384 for an RSA key');
  });
});

const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' });

/** Sets that need a profile of their own. */
const profiled: readonly (Sample & { readonly profile: KeyRules })[] = [
  {
    issuer: 'Microsoft Entra ID: no alg',
    profile: { algorithms: ['RS256'], jwk: { alg: 'optional', use: 'required' } },
    keys: [
      { ...rsa, use: 'sig', kid: 'one', ...certificate, issuer: 'https://login.example/v2.0' },
      { ...rsa, use: 'sig', kid: 'two', ...certificate },
      { ...rsa, use: 'enc', kid: 'enc' },
      { ...rsa, kid: 'useless' },
      { ...rsa, use: 'sig', alg: 'RS512', kid: 'other' },
    ],
    used: ['one', 'two'],
    ignored: ['enc', 'useless', 'other'],
  },
  {
    issuer: 'better-auth: Ed25519 without use',
    profile: { algorithms: ['EdDSA'], jwk: { alg: 'required', use: 'optional' } },
    keys: [
      { alg: 'EdDSA', ...ed25519, kid: 'ed' },
      { ...ed25519, kid: 'no-alg' },
      { alg: 'EdDSA', ...ed25519, use: 'enc', kid: 'enc' },
    ],
    used: ['ed'],
    ignored: ['no-alg', 'enc'],
  },
  {
    issuer: 'one with the newer name of EdDSA',
    profile: { algorithms: ['Ed25519'], jwk: { alg: 'required', use: 'required' } },
    keys: [
      { alg: 'Ed25519', use: 'sig', ...ed25519, kid: 'new' },
      { alg: 'EdDSA', use: 'sig', ...ed25519, kid: 'old' },
    ],
    used: ['new'],
    ignored: ['old'],
  },
  {
    issuer: 'oidc-provider: keys of several kinds, some with neither alg nor use',
    profile: { algorithms: ['RS256', 'ES256', 'EdDSA'], jwk: { alg: 'optional', use: 'optional' } },
    keys: [
      { ...rsa, kid: 'rsa' },
      { kty: 'EC', crv: 'P-256', x, y, use: 'sig', kid: 'ec' },
      { ...ed25519, alg: 'EdDSA', kid: 'ed' },
      { ...p384, alg: 'ES384', kid: 'p384' },
      { ...secp256k1, alg: 'ES256K', kid: 'k1' },
    ],
    used: ['rsa', 'ec', 'ed'],
    ignored: ['p384', 'k1'],
  },
  {
    issuer: 'one with larger hashes',
    profile: {
      algorithms: ['RS384', 'RS512', 'PS384', 'PS512', 'ES384'],
      jwk: { alg: 'required', use: 'required' },
    },
    keys: [
      ...['RS384', 'RS512', 'PS384', 'PS512', 'RS256', 'PS256'].map((alg) => ({ ...rsa, use: 'sig', alg, kid: alg })),
      { ...p384, use: 'sig', alg: 'ES384', kid: 'ES384' },
    ],
    used: ['RS384', 'RS512', 'PS384', 'PS512', 'ES384'],
    ignored: ['RS256', 'PS256'],
  },
];

describe('createJwksSource, with a profile and the sets that identity providers publish,', () => {
  let setup: JwksSetup;
  afterEach(() => setup.close());

  it.each(profiled)('uses the fitting keys of $issuer', async ({ profile, keys, used, ignored }) => {
    const left: (string | undefined)[] = [];
    const onIgnored = (found: readonly IgnoredKey[]) => left.push(...found.map(({ kid }) => kid));
    setup = await setUpJwks(jwksAnswer({ keys }), { profile, onIgnored });
    await setup.source.start();
    expect([[...setup.source.keys().keys()], left]).toEqual([used, ignored]);
  });

  it.each(profiled.slice(0, 2))('uses no key of $issuer without it', async ({ keys }) => {
    setup = await setUpJwks(jwksAnswer({ keys: keys.slice(0, 1) }));
    await setup.source.start();
    expect(setup.outcomes).toEqual(['malformed']);
  });
});
