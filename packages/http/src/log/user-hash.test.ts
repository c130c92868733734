import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createUserHash } from './user-hash.ts';

const key = (text: string) => createSecretKey(text, 'utf8');

describe('createUserHash', () => {
  it('is the start of HMAC-SHA-256 in base64url (RFC 4231, test case 2)', () => {
    const hashUser = createUserHash(key('Jefe'));
    const whole = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex');
    expect(hashUser('what do ya want for nothing?')).toBe(whole.toString('base64url').slice(0, 22));
  });

  it('gives a user one name per key, and each user another', () => {
    const [one, other] = [createUserHash(key('a'.repeat(32))), createUserHash(key('b'.repeat(32)))];
    expect(one('ada')).toBe(one('ada'));
    expect(new Set([one('ada'), one('grace'), other('ada')]).size).toBe(3);
  });
});
