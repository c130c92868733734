import { describe, expect, it } from '@jest/globals';
import { segment } from '../test/forge.ts';
import { outcomeOf } from '../test/outcome.ts';
import { knownHeader, readStrictHeader, readStrictJws, readUnverifiedPayload } from './compact-jws.ts';

const signature = segment('signature');
const withHeader = (header: unknown) => `${segment(header)}.${segment({ a: 1 })}.${signature}`;
const withPayload = (payload: unknown) => `${segment({})}.${segment(payload)}.${signature}`;
const limits = { maxLength: 400, code: 'invalid_token' } as const;
const good = { alg: 'RS256', typ: 'at+jwt', kid: 'k' };

describe('the header of a compact JWS', () => {
  const outcome = (header: unknown, typ: readonly (string | null)[], otherHeaderMembers?: readonly string[]) =>
    outcomeOf(() =>
      readStrictHeader(withHeader(header), {
        ...limits,
        typ,
        ...(otherHeaderMembers === undefined ? {} : { otherHeaderMembers }),
      }),
    );
  const [accepted, refused] = ['accepted', 'invalid_token: header'];

  it('has one of the values of typ, and none only where null is one of them', () => {
    const { typ: _typ, ...without } = good;
    const headers = [good, { ...good, typ: 'JWT' }, without, { ...good, typ: null }, { ...good, typ: 'null' }];
    const table = [['at+jwt'], ['JWT', 'at+jwt'], [null], ['at+jwt', null], []].map((typ) =>
      headers.map((header) => outcome(header, typ) === accepted),
    );
    expect(table).toEqual([
      [true, false, false, false, false],
      [true, true, false, false, false],
      [false, false, true, false, false],
      [true, false, true, false, false],
      [false, false, false, false, false],
    ]);
  });

  it('has no member but alg, typ, kid and those that are allowed', () => {
    for (const more of [{ x5t: 'x' }, { x5t: null }, { cty: 5, x5t: [] }]) {
      expect(outcome({ ...good, ...more }, ['at+jwt'])).toBe(refused);
      expect(outcome({ ...good, ...more }, ['at+jwt'], ['x5t', 'cty', 'nonce'])).toBe(accepted);
      expect(outcome({ ...good, ...more, jku: 'x' }, ['at+jwt'], ['x5t', 'cty'])).toBe(refused);
    }
    expect(outcome(`{"alg":"RS256","typ":"at+jwt","kid":"k","__proto__":{"x5t":1}}`, ['at+jwt'], ['x5t'])).toBe(
      refused,
    );
  });

  it('is read as alg, typ and kid alone, in any order of its members', () => {
    const options = { ...limits, typ: ['at+jwt', null], otherHeaderMembers: ['x5t'] };
    const read = (header: object) => readStrictHeader(withHeader(header), options);
    for (const header of [
      good,
      { kid: 'k', alg: 'RS256', typ: 'at+jwt' },
      { x5t: 'x', typ: 'at+jwt', kid: 'k', alg: 'RS256' },
    ]) {
      expect(read(header)).toStrictEqual(good);
    }
    expect(read({ alg: 'RS256', kid: 'k' })).toStrictEqual({ alg: 'RS256', typ: undefined, kid: 'k' });
  });

  it('is taken from a known header only for the same bytes', () => {
    const token = withHeader(good);
    const options = { ...limits, typ: ['at+jwt'] };
    const known = knownHeader(token, readStrictJws(token, options).header, undefined);
    expect(known.segment).toBe(segment(good));
    expect(readStrictJws(token, { ...options, known }).header).toBe(known.header);
    const turned = withHeader({ typ: 'at+jwt', alg: 'RS256', kid: 'k' });
    const { header } = readStrictJws(turned, { ...options, known });
    expect(header).not.toBe(known.header);
    expect(header).toStrictEqual(good);
    expect(knownHeader(token, known.header, known)).toBe(known);
    expect(knownHeader(turned, header, known)).toEqual({ segment: turned.split('.')[0], header });
    expect(outcomeOf(() => readStrictJws(withHeader({ ...good, typ: 'JWT' }), { ...options, known }))).toBe(refused);
  });
});

describe('readUnverifiedPayload', () => {
  it('returns the members of the payload, and does not look at the header', () => {
    expect(readUnverifiedPayload(withPayload({ iss: 'x', a: [1] }), limits)).toEqual({ iss: 'x', a: [1] });
    const bytes = `${segment(Buffer.from([0xff, 0xff]))}.${segment({ iss: 'x' })}.${signature}`;
    expect(readUnverifiedPayload(bytes, limits)).toEqual({ iss: 'x' });
  });

  it.each(['null', '[]', '["iss"]', '"iss"', '5', 'true', '', '{', '{"iss":1}}', '\u{feff}{}'])(
    'rejects the payload %p',
    (payload) => {
      expect(outcomeOf(() => readUnverifiedPayload(withPayload(payload), limits))).toBe('invalid_token: malformed');
    },
  );

  it.each([undefined, null, 5, {}, [withPayload({})], '', 'a.b', 'a.b.c.d', `${withPayload({})} `])(
    'rejects %p',
    (token) => {
      expect(outcomeOf(() => readUnverifiedPayload(token, limits))).toBe('invalid_token: malformed');
    },
  );

  it('rejects a token that is too long, with the code that it is given', () => {
    const token = withPayload({ iss: 'x' });
    const read = (maxLength: number) =>
      outcomeOf(() => readUnverifiedPayload(token, { maxLength, code: 'invalid_service_token' }));
    expect([read(token.length), read(token.length - 1)]).toEqual(['accepted', 'invalid_service_token: too_long']);
    const broken = outcomeOf(() =>
      readUnverifiedPayload(withPayload('[]'), { maxLength: 100, code: 'invalid_service_token' }),
    );
    expect(broken).toBe('invalid_service_token: malformed');
  });
});
