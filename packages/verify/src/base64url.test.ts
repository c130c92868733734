import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isCanonicalBase64url, sha256Base64url } from './base64url.ts';

describe('isCanonicalBase64url', () => {
  it.each(['AA', 'AQ', 'Ag', 'Aw', 'AAA', 'AAE', '____', '----', 'AAAAAA', randomBytes(32).toString('base64url')])(
    'accepts %s',
    (text) => expect(isCanonicalBase64url(text)).toBe(true),
  );

  it.each([
    '',
    'A',
    'AAAAA',
    'AB',
    'AAB',
    'AA==',
    'AA=',
    'A+==',
    'AA+/',
    'AA AA',
    'AAAA\n',
    '\nAAAA',
    'AAÄA',
    '=',
    '.',
  ])('rejects %j', (text) => expect(isCanonicalBase64url(text)).toBe(false));

  it('accepts the encoding of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        expect(isCanonicalBase64url(Buffer.from(bytes).toString('base64url'))).toBe(true);
      }),
    );
  });

  it('rejects a text that decoding and encoding would change', () => {
    const alphabet = [...'ABCDEFGQgwxyz0189-_+/= '];
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 12 }), (text) => {
        const again = Buffer.from(text, 'base64url').toString('base64url');
        expect(isCanonicalBase64url(text)).toBe(again === text);
      }),
    );
  });
});

describe('sha256Base64url', () => {
  it('is the SHA-256 of the bytes in 43 characters', () => {
    expect(sha256Base64url('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
    expect(sha256Base64url(new Uint8Array())).toBe(sha256Base64url(''));
    expect(sha256Base64url(Buffer.from('é'))).toBe(sha256Base64url('é'));
  });
});
