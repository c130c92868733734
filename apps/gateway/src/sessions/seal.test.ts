import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createOpenedTexts, createSeal, type SealKey } from './seal.ts';

const newKey = (kid: string): SealKey => ({ kid, key: createSecretKey(randomBytes(32)) });
const [first, second] = [newKey('session.1'), newKey('session.2')];
const text = 'a refresh token';

describe('createSeal', () => {
  it('decrypts every text that it has encrypted', () => {
    const seal = createSeal(() => [first]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (any, context) => {
        expect(seal.open(seal.seal(any, context), context)).toBe(any);
      }),
    );
  });

  it('encrypts the same text to other bytes each time', () => {
    const seal = createSeal(() => [first]);
    expect(seal.seal(text, 'refresh a')).not.toEqual(seal.seal(text, 'refresh a'));
  });

  it('encrypts with the first key and decrypts with every key', () => {
    const old = createSeal(() => [first]).seal(text, 'refresh a');
    const rotated = createSeal(() => [second, first]);
    expect(rotated.open(old, 'refresh a')).toBe(text);
    const fresh = rotated.seal(text, 'refresh a');
    expect(createSeal(() => [first]).open(fresh, 'refresh a')).toBeUndefined();
    expect(createSeal(() => [second]).open(fresh, 'refresh a')).toBe(text);
  });

  it('does not decrypt with the context of another session or another token', () => {
    const seal = createSeal(() => [first]);
    const sealed = seal.seal(text, 'refresh a');
    expect(seal.open(sealed, 'refresh b')).toBeUndefined();
    expect(seal.open(sealed, 'access a')).toBeUndefined();
  });

  it('does not decrypt bytes with any changed bit, or cut at any length', () => {
    const seal = createSeal(() => [first]);
    const sealed = seal.seal(text, 'refresh a');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(seal.open(changed, 'refresh a')).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(seal.open(sealed.slice(0, length), 'refresh a')).toBeUndefined();
    }
  });

  it('openOften decrypts as open does: not after a change of a bit, of the context or of the key', () => {
    const keys = [first];
    const seal = createSeal(() => keys);
    const sealed = seal.seal(text, 'access a');
    for (let times = 0; times < 3; times += 1) expect(seal.openOften(sealed, 'access a')).toBe(text);
    expect(seal.openOften(sealed, 'access b')).toBeUndefined();
    const changed = sealed.slice();
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(seal.openOften(changed, 'access a')).toBeUndefined();
    const renewed = seal.seal('another token', 'access a');
    expect(seal.openOften(renewed, 'access a')).toBe('another token');
    expect(seal.openOften(sealed, 'access a')).toBe(text);
    keys[0] = { ...newKey('session.1') };
    expect(seal.openOften(sealed, 'access a')).toBeUndefined();
    keys.pop();
    expect(seal.openOften(sealed, 'access a')).toBeUndefined();
  });

  it('throws without a key', () => {
    expect(() => createSeal(() => []).seal(text, 'refresh a')).toThrow('no key to seal with');
  });
});

describe('createOpenedTexts', () => {
  const { key } = first;
  const sealed = Uint8Array.of(1, 2, 3);

  it('finds a text only with the same bytes and the same key', () => {
    const texts = createOpenedTexts();
    texts.remember('access a', { sealed, key, text: 'token' });
    expect(texts.find('access a', Uint8Array.of(1, 2, 3), key)).toBe('token');
    expect(texts.find('access b', sealed, key)).toBeUndefined();
    expect(texts.find('access a', Uint8Array.of(1, 2, 4), key)).toBeUndefined();
    expect(texts.find('access a', sealed, createSecretKey(randomBytes(32)))).toBeUndefined();
  });

  it('removes the oldest text beyond 1000', () => {
    const texts = createOpenedTexts();
    for (let index = 0; index < 1001; index += 1) texts.remember(`access ${index}`, { sealed, key, text: 'token' });
    expect(texts.find('access 0', sealed, key)).toBeUndefined();
    expect(texts.find('access 1', sealed, key)).toBe('token');
    expect(texts.find('access 1000', sealed, key)).toBe('token');
  });
});
