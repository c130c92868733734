import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createOpenedTexts } from './opened-texts.ts';

const key = createSecretKey(randomBytes(32));
const sealed = Uint8Array.of(1, 2, 3);

describe('createOpenedTexts', () => {
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
