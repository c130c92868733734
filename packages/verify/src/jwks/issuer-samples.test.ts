import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { otherKey } from '../../test/access-tokens.ts';
import { parseJwks } from '../public-keys.ts';

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

  it('uses no key of Microsoft Entra ID, whose keys have no alg', () => {
    const keys = [{ ...rsa, use: 'sig', kid: 'entra', ...certificate, issuer: 'https://login.example/v2.0' }];
    expect(() => parseJwks({ keys })).toThrow('keys[0].alg must be RS256 or PS256 for an RSA key');
  });
});
