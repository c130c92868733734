import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { goodClaims, headerOf, setUpAccessTokens } from '../test/access-tokens.ts';
import { es256, forge, hs256, ps256, rs256, segment, unsigned } from '../test/forge.ts';

const { forged, issuer, outcome } = setUpAccessTokens();
const header = headerOf(issuer);
const publicKey = createPublicKey(issuer.privateKey);
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const der = publicKey.export({ type: 'spki', format: 'der' });
const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }));

describe('the signature of an access token', () => {
  // The public key is known to all: as an HMAC secret it would let anybody sign.
  const confusions: [string, string | Uint8Array][] = [
    ['as PEM', pem],
    ['as PEM without its last line break', pem.trim()],
    ['as PEM with written line breaks', pem.replaceAll('\n', '\\n')],
    ['as DER', der],
    ['as DER in base64', der.toString('base64')],
    ['as JWK text', jwk],
    ['as the text of its JWKS entry', JSON.stringify(issuer.jwks.keys[0])],
    ['as JWKS text', JSON.stringify(issuer.jwks)],
    ['as its modulus', publicKey.export({ format: 'jwk' }).n ?? ''],
    ['replaced by nothing', ''],
    ['replaced by "undefined"', 'undefined'],
  ];
  it.each(confusions)('is rejected as HMAC under HS256 with the public key %s', (_case, secret) => {
    const token = forge({ header: { ...header, alg: 'HS256' }, payload: goodClaims, sign: hs256(secret) });
    expect(outcome(token)).toBe('invalid_token: header');
  });
  it.each(confusions)('is rejected as HMAC under RS256 with the public key %s', (_case, secret) => {
    const token = forge({ header, payload: goodClaims, sign: hs256(secret) });
    expect(outcome(token)).toBe('invalid_token: signature');
  });

  it.each(['none', 'None', 'NONE', 'nOnE'])('is rejected when there is none and alg is %s', (alg) => {
    const token = forge({ header: { ...header, alg }, payload: goodClaims, sign: unsigned });
    expect(outcome(token)).toBe('invalid_token: malformed');
    // The same with a segment that is not empty.
    expect(outcome(`${token}AAAA`)).toBe('invalid_token: header');
  });

  it('is rejected when there is none and alg is the expected one', () => {
    expect(outcome(forge({ header, payload: goodClaims, sign: unsigned }))).toBe('invalid_token: malformed');
  });

  it('is rejected when made with another key under the same kid', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(outcome(forge({ header, payload: goodClaims, sign: es256(other) }))).toBe('invalid_token: signature');
  });

  it('is rejected with another padding than that of the key', () => {
    const token = forge({ header, payload: goodClaims, sign: ps256(issuer.privateKey) });
    expect(outcome(token)).toBe('invalid_token: signature');
  });

  it('is rejected when it is of another payload', () => {
    const [head, , signature] = forged(goodClaims).split('.');
    const swapped = `${head}.${segment({ ...goodClaims, roles: ['admin'] })}.${signature}`;
    expect(outcome(swapped)).toBe('invalid_token: signature');
  });

  it('is rejected when it is of another header', () => {
    const [, payload, signature] = forged(goodClaims).split('.');
    const reordered = segment({ kid: header.kid, typ: header.typ, alg: header.alg });
    expect(outcome(`${reordered}.${payload}.${signature}`)).toBe('invalid_token: signature');
  });

  it.each([
    ['cut short', (signature: Uint8Array) => signature.subarray(0, 128)],
    ['longer by a byte', (signature: Uint8Array) => Buffer.concat([signature, Buffer.alloc(1)])],
    ['zeros', (signature: Uint8Array) => new Uint8Array(signature.length)],
    [
      'the signature with one bit flipped',
      (signature: Uint8Array) => signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    ],
  ])('is rejected when it is %s', (_case, change) => {
    const sign = rs256(issuer.privateKey);
    const token = forge({ header, payload: goodClaims, sign: (input) => change(sign(input)) });
    expect(outcome(token)).toBe('invalid_token: signature');
  });

  it('has one spelling: every other last character is rejected', () => {
    const token = forged(goodClaims);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = [...alphabet].filter((last) => outcome(token.slice(0, -1) + last) === 'accepted');
    expect(accepted).toEqual([token.at(-1)]);
  });
});
