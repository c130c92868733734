import { describe, expect, it } from '@jest/globals';
import { segment } from '../test/forge.ts';
import { outcomeOf } from '../test/outcome.ts';
import { knownHeader, readStrictHeader } from './compact-jws.ts';

const header = { alg: 'RS256', typ: 'at+jwt', kid: 'k' };
const token = `${segment(header)}.${segment({ a: 1 })}.${segment('signature')}`;
const [head = '', payload = '', signature = ''] = token.split('.');

function outcome(value: unknown, maxLength = 200): string {
  return outcomeOf(() => readStrictHeader(value, { maxLength, typ: ['at+jwt'], code: 'invalid_token' }));
}

describe('readStrictHeader', () => {
  it('reads alg, typ and kid', () => {
    expect(readStrictHeader(token, { maxLength: 200, typ: ['at+jwt'], code: 'invalid_token' })).toEqual(header);
  });

  it('accepts a token of exactly the largest size', () => {
    expect(outcome(token, token.length)).toBe('accepted');
    expect(outcome(token, token.length - 1)).toBe('invalid_token: too_long');
  });

  it.each([
    ['empty', ''],
    ['one segment', head],
    ['two segments', `${head}.${payload}`],
    ['four segments', `${token}.${signature}`],
    ['five segments, as an encrypted token', `${token}.${signature}.${signature}`],
    ['dots alone', '..'],
    ['without a header', `.${payload}.${signature}`],
    ['without a payload', `${head}..${signature}`],
    ['without a signature', `${head}.${payload}.`],
    ['behind a dot', `.${token}`],
    ['before a dot', `${token}.`],
    ['behind a space', ` ${token}`],
    ['before a line break', `${token}\n`],
    ['before a NUL', `${token}\0`],
    ['two tokens, as Node joins two headers', `${token}, ${token}`],
    ['in its JSON serialization', JSON.stringify({ protected: head, payload, signature })],
  ])('rejects a token that is %s', (_case, value) => {
    expect(outcome(value)).toBe('invalid_token: malformed');
  });

  // The same bytes, or what some decoder takes for them: identity must not depend on the spelling.
  const spellings: [string, (part: string) => string][] = [
    ['padding', (part) => `${part}=`],
    ['white space inside', (part) => `${part.slice(0, 4)} ${part.slice(4)}`],
    ['a line break inside', (part) => `${part.slice(0, 4)}\n${part.slice(4)}`],
    ['a tab behind it', (part) => `${part}\t`],
    ['a NUL behind it', (part) => `${part}\0`],
    ['a plus sign', (part) => `+${part.slice(1)}`],
    ['a slash', (part) => `/${part.slice(1)}`],
    ['a percent escape', (part) => `%65${part.slice(1)}`],
    ['a letter beyond ASCII', (part) => `é${part.slice(1)}`],
    ['a length of 4n + 1', (part) => 'A'.repeat(part.length + ((5 - (part.length % 4)) % 4))],
    ['bits left over in its last character', () => 'AB'],
    ['bits left over in the last of three characters', () => 'AAB'],
  ];
  const positions = [
    ['header', (part: string) => `${part}.${payload}.${signature}`, head],
    ['payload', (part: string) => `${head}.${part}.${signature}`, payload],
    ['signature', (part: string) => `${head}.${payload}.${part}`, signature],
  ] as const;
  it.each(
    positions.flatMap(([name, place, part]) =>
      spellings.map(([what, spell]) => [what, name, place(spell(part))] as const),
    ),
  )('rejects %s in the %s', (_what, _name, value) => {
    expect(value).not.toBe(token);
    expect(outcome(value)).toBe('invalid_token: malformed');
  });

  it.each([
    ['alg is no text', { ...header, alg: ['RS256'] }],
    ['kid is no text', { ...header, kid: 1 }],
    ['typ is another one', { ...header, typ: 'JWT' }],
    ['a member is missing', { alg: 'RS256', typ: 'at+jwt' }],
    ['there is a member more', { ...header, crit: [] }],
  ])('rejects a header when %s', (_case, members) => {
    expect(outcome(`${segment(members)}.${payload}.${signature}`)).toBe('invalid_token: header');
  });

  it('throws the given code', () => {
    const options = { maxLength: 200, typ: ['service+jwt'], code: 'invalid_service_token' } as const;
    expect(outcomeOf(() => readStrictHeader(token, options))).toBe('invalid_service_token: header');
    expect(outcomeOf(() => readStrictHeader('', options))).toBe('invalid_service_token: malformed');
  });
});

describe('knownHeader', () => {
  const options = { maxLength: 200, typ: ['at+jwt'], code: 'invalid_token' } as const;

  it('is reused for the same header, and for no other', () => {
    const known = knownHeader(token, readStrictHeader(token, options), undefined);
    expect(known).toEqual({ segment: head, header });
    const again = readStrictHeader(token, { ...options, known });
    expect(again).toBe(known.header);
    expect(knownHeader(token, again, known)).toBe(known);

    const otherHeader = { ...header, kid: 'other' };
    const otherToken = `${segment(otherHeader)}.${payload}.${signature}`;
    const other = readStrictHeader(otherToken, { ...options, known });
    expect(other).toEqual(otherHeader);
    expect(knownHeader(otherToken, other, known)).toEqual({ segment: segment(otherHeader), header: otherHeader });
  });
});
