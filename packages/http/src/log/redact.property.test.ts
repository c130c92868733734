import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redactLine } from './redact.ts';

const secret = 'hunter2';
const words = ['authorization', 'Cookie', 'password', 'passwd', 'password_hash', 'PasswordHash', 'token', 'Secret'];
const moreWords = ['api-key', 'apiKey', 'private_key', 'privateKey', 'AUTH_KEYS'];
const secretName = fc
  .tuple(fc.constantFrom('', 'x-', 'new', '\u0000', '"', 'é '), fc.constantFrom(...words, ...moreWords), fc.boolean())
  .map(([before, word, isMany]) => `${before}${word}${isMany && !word.endsWith('S') ? 's' : ''}`);
const anything = fc.anything({ withNullPrototype: false, maxDepth: 3 }).filter((value) => isJson(value));

const escaped = (name: string) =>
  [...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

describe('redactLine', () => {
  it('masks a member with a secret name, at any depth and beside any others', () => {
    fc.assert(
      fc.property(secretName, anything, fc.nat(4), (name, beside, depth) => {
        let value: unknown = { [name]: secret, beside };
        for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { value };
        expect(redactLine(`${JSON.stringify({ value })}\n`)).not.toContain(secret);
      }),
    );
  });

  it('masks also behind JSON escapes', () => {
    const line = redactLine(`{"${escaped('password')}":"${secret}"}\n`);
    expect(JSON.parse(line)).toEqual({ password: '[redacted]' });
  });

  it('returns a line without secrets unchanged', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-d]{1,5}$/), fc.nat()), (members) => {
        const line = `${JSON.stringify(members)}\n`;
        expect(redactLine(line)).toBe(line);
      }),
    );
  });
});
