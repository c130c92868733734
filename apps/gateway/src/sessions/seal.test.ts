import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SealKey } from './seal.ts';
import { createOpenedTexts, createSeal } from './seal.ts';

const newKey = (kid: string): SealKey => ({ kid, key: createSecretKey(randomBytes(32)) });
const [first, second] = [newKey('session.1'), newKey('session.2')];
const text = 'a refresh token';

describe('createSeal', () => {
  it('opens what it has sealed', () => {
    const seal = createSeal(() => [first]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (any, context) => {
        expect(seal.open(seal.seal(any, context), context)).toBe(any);
      }),
    );
  });

  it('never seals the same text to the same bytes', () => {
    const seal = createSeal(() => [first]);
    expect(seal.seal(text, 'refresh a')).not.toEqual(seal.seal(text, 'refresh a'));
  });

  it('seals with the first key and opens with every key there is', () => {
    const old = createSeal(() => [first]).seal(text, 'refresh a');
    const rotated = createSeal(() => [second, first]);
    expect(rotated.open(old, 'refresh a')).toBe(text);
    const fresh = rotated.seal(text, 'refresh a');
    expect(createSeal(() => [first]).open(fresh, 'refresh a')).toBeUndefined();
    expect(createSeal(() => [second]).open(fresh, 'refresh a')).toBe(text);
  });

  it('does not open what was sealed for another session or as another token', () => {
    const seal = createSeal(() => [first]);
    const sealed = seal.seal(text, 'refresh a');
    expect(seal.open(sealed, 'refresh b')).toBeUndefined();
    expect(seal.open(sealed, 'access a')).toBeUndefined();
  });

  it('does not open what was changed in any bit, or cut anywhere', () => {
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

  it('opens often what it opens once: not when a bit or the context has changed, nor when its key is gone', () => {
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

  it('says that there is no key instead of leaving a text open', () => {
    expect(() => createSeal(() => []).seal(text, 'refresh a')).toThrow('no key to seal with');
  });
});

describe('createOpenedTexts', () => {
  const { key } = first;
  const sealed = Uint8Array.of(1, 2, 3);

  it('finds what was remembered for the same bytes and the same key alone', () => {
    const texts = createOpenedTexts();
    texts.remember('access a', { sealed, key, text: 'token' });
    expect(texts.find('access a', Uint8Array.of(1, 2, 3), key)).toBe('token');
    expect(texts.find('access b', sealed, key)).toBeUndefined();
    expect(texts.find('access a', Uint8Array.of(1, 2, 4), key)).toBeUndefined();
    expect(texts.find('access a', sealed, createSecretKey(randomBytes(32)))).toBeUndefined();
  });

  it('lets go of the first when there are too many', () => {
    const texts = createOpenedTexts();
    for (let index = 0; index < 1001; index += 1) texts.remember(`access ${index}`, { sealed, key, text: 'token' });
    expect(texts.find('access 0', sealed, key)).toBeUndefined();
    expect(texts.find('access 1', sealed, key)).toBe('token');
    expect(texts.find('access 1000', sealed, key)).toBe('token');
  });
});
