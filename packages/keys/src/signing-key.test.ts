import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { generateSigningKey } from '@auth/ops/keys/generate';
import { goodDocuments, refusalOf } from '@auth/testkit/key-documents';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type KeyDocument, parseKeyDocument } from './key-document.ts';
import { parseSigning, type SigningJwk } from './signing-key.ts';

let user: KeyDocument;
let active: SigningJwk;
let pending: SigningJwk;
beforeAll(async () => {
  ({ user } = await goodDocuments());
  active = await generateSigningKey('active');
  pending = await generateSigningKey('pending');
});

/** Reads the issuer's document with other signing keys. */
function parse(signing: unknown, issuer: object = user.issuer) {
  const text = JSON.stringify({ ...user, issuer, signing });
  return { text, read: () => parseKeyDocument(text, { service: 'user', source: 'keys.json' }) };
}

describe('the signing keys of a key document', () => {
  it('sign with the active key and publish every key', () => {
    const retiring = { ...pending, kid: 'retiring', state: 'retiring' };
    const { signing, publicKeys } = parse([pending, active, retiring]).read();
    expect(signing?.active).toMatchObject({ kid: active.kid, alg: 'RS256' });
    expect([...publicKeys.keys()]).toEqual([pending.kid, active.kid, 'retiring']);
    const published = JSON.stringify(signing?.jwks);
    for (const name of ['"d"', '"p"', '"q"', '"dp"', '"dq"', '"qi"', '"state"']) expect(published).not.toContain(name);
  });

  it('of the version before are read: next as pending, retired as retiring', () => {
    const older = [{ ...pending, state: 'next' }, active, { ...pending, kid: 'older', state: 'retired' }];
    const { signing, loaded } = parse(older).read();
    expect(signing?.active.kid).toBe(active.kid);
    expect(loaded.filter(({ member }) => member === 'signing').map(({ state }) => state)).toEqual([
      'pending',
      'active',
      'retiring',
    ]);
  });

  it('sign for their published halves', () => {
    const { signing, publicKeys } = parse([active]).read();
    const [key, publicKey] = [signing?.active.key, publicKeys.get(active.kid)?.key];
    if (key === undefined || publicKey === undefined) throw new Error('a key is missing');
    const data = Buffer.from('data');
    expect(verify('sha256', data, publicKey, sign('sha256', data, key))).toBe(true);
  });

  it('may be of P-256', () => {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    const { signing } = parse([{ ...jwk, kid: 'ec', alg: 'ES256', use: 'sig', state: 'active' }]).read();
    expect(signing?.active.alg).toBe('ES256');
    expect(Object.keys(signing?.jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('may be of Ed25519, and sign for their published halves', () => {
    const jwk = edwardsKey();
    const { signing, publicKeys } = parse([{ ...jwk, kid: 'ed', alg: 'EdDSA', use: 'sig', state: 'active' }]).read();
    expect(signing?.active.alg).toBe('EdDSA');
    expect(signing?.jwks.keys).toEqual([{ kty: 'OKP', kid: 'ed', alg: 'EdDSA', use: 'sig', crv: 'Ed25519', x: jwk.x }]);
    const [key, publicKey] = [signing?.active.key, publicKeys.get('ed')?.key];
    if (key === undefined || publicKey === undefined) throw new Error('a key is missing');
    const data = Buffer.from('data');
    expect(verify(null, data, publicKey, sign(null, data, key))).toBe(true);
  });

  it.each([
    ['a private half of another key', () => ({ d: edwardsKey().d }), 'signing[0] is not a valid private key'],
    ['a private half that is too short', () => ({ d: 'AAAA' }), 'signing[0] is not a valid private key'],
    ['no private half', () => ({ d: undefined }), 'signing[0].d must be a string'],
    ['another curve', () => ({ crv: 'X25519' }), 'signing[0].crv must be Ed25519'],
    ['the newer name of its algorithm', () => ({ alg: 'Ed25519' }), 'signing[0].alg'],
    ['the algorithm of another kty', () => ({ alg: 'ES256' }), 'signing[0].alg'],
    ['a member of another kty', () => ({ y: 'AAAA' }), 'signing[0].y is not a known member'],
  ])('of Ed25519 are rejected with %s', (_case, broken, expected) => {
    const jwk = { ...edwardsKey(), kid: 'ed', alg: 'EdDSA', use: 'sig', state: 'active', ...broken() };
    const { text, read } = parse([jwk]);
    expect(refusalOf(text, read)).toContain(`key document keys.json: ${expected}`);
  });

  it.each([
    ['none', () => [], 'signing must hold at least one key'],
    ['no list', () => ({}), 'signing must be an array'],
    ['no active one', () => [pending], 'signing must hold exactly one active key'],
    ['two active ones', () => [active, { ...pending, state: 'active' }], 'signing must hold exactly one active key'],
    ['two with one kid', () => [active, { ...pending, kid: active.kid }], 'signing[1].kid is used by another key'],
    ['another state', () => [{ ...active, state: 'used' }], 'signing[0].state must be pending, active or retiring'],
    ['no state', () => [{ ...active, state: undefined }], 'signing[0].state must be pending, active or retiring'],
    ['the public half alone', () => [{ ...active, d: undefined }], 'signing[0].d must be a string'],
    ['an empty private half', () => [{ ...active, d: '' }], 'signing[0].d must be base64url without padding'],
    [
      'a private half that is no base64url',
      () => [{ ...active, p: '%%%' }],
      'signing[0].p must be base64url without padding',
    ],
    [
      'a private half of another key',
      () => [{ ...pending, n: modulusOf(active), state: 'active' }],
      'signing[0] is not a valid private key',
    ],
    [
      'a broken pending key',
      () => [active, { ...pending, n: modulusOf(active) }],
      'signing[1] is not a valid private key',
    ],
    [
      'a symmetric key',
      () => [{ kty: 'oct', kid: 'o', alg: 'HS256', use: 'sig', k: 'c2VjcmV0', state: 'active' }],
      'signing[0].kty must be RSA, EC or OKP',
    ],
    ['HS256', () => [{ ...active, alg: 'HS256' }], 'signing[0].alg'],
    ['none for alg', () => [{ ...active, alg: 'none' }], 'signing[0].alg'],
    ['use for encryption', () => [{ ...active, use: 'enc' }], 'signing[0].use'],
    ['exponent 3', () => [{ ...active, e: 'Aw' }], 'signing[0].e must be AQAB (65537)'],
    ['1024 bits', () => [{ ...active, ...smallKey() }], 'signing[0].n must be a modulus of 2048 to 8192 bits'],
    ['an unknown member', () => [{ ...active, x5c: [] }], 'signing[0].x5c is not a known member'],
    [
      'a kid with a space',
      () => [{ ...active, kid: 'a b' }],
      'signing[0].kid must be 1 to 128 visible ASCII characters',
    ],
  ])('are rejected with %s', (_case, signing, expected) => {
    const { text, read } = parse(signing());
    expect(refusalOf(text, read)).toContain(`key document keys.json: ${expected}`);
  });

  it('are rejected beside a jwks, which is derived from them', () => {
    const { text, read } = parse([active], { ...user.issuer, jwks: { keys: [] } });
    expect(refusalOf(text, read)).toContain('issuer.jwks must be absent beside signing');
  });
});

describe('generateSigningKey', () => {
  it('makes an RSA key of 2048 bits whose kid is its thumbprint (RFC 7638)', () => {
    if (active.kty !== 'RSA') throw new Error('not an RSA key');
    const { n, e, kid } = active;
    expect(Buffer.from(n, 'base64url')).toHaveLength(256);
    const canonical = `{"e":"${e}","kty":"RSA","n":"${n}"}`;
    expect(kid).toBe(createHash('sha256').update(canonical).digest('base64url'));
    expect(active).toMatchObject({ alg: 'RS256', use: 'sig', e: 'AQAB', state: 'active' });
    expect(pending.kid).not.toBe(kid);
  });

  it('makes a key for ES256 whose kid is its thumbprint, and which signs', async () => {
    const jwk = await generateSigningKey('active', 'ES256');
    if (jwk.kty !== 'EC') throw new Error('not an EC key');
    const canonical = `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
    expect(jwk.kid).toBe(createHash('sha256').update(canonical).digest('base64url'));
    expect(parseSigning([jwk])).toMatchObject({ active: { kid: jwk.kid, alg: 'ES256' } });
  });

  it('makes a key for EdDSA whose kid is its thumbprint (RFC 8037 §2), and which signs', async () => {
    const jwk = await generateSigningKey('active', 'EdDSA');
    if (jwk.kty !== 'OKP') throw new Error('not an OKP key');
    const canonical = `{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`;
    expect(jwk.kid).toBe(createHash('sha256').update(canonical).digest('base64url'));
    expect(parseSigning([jwk])).toMatchObject({ active: { kid: jwk.kid, alg: 'EdDSA' } });
  });

  it('makes an RSA key for PS256', async () => {
    const jwk = await generateSigningKey('active', 'PS256');
    expect(parseSigning([jwk])).toMatchObject({ active: { kid: jwk.kid, alg: 'PS256' } });
  });
});

function modulusOf(jwk: SigningJwk): string {
  return jwk.kty === 'RSA' ? jwk.n : '';
}

function edwardsKey() {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
}

function smallKey(): object {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' });
}
