import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { goodClaims } from '../test/access-tokens.ts';
import { setUpProfile, tokenWith } from '../test/profile-setup.ts';
import { ownProfile } from './access-token-profile.ts';
import { type ClaimsSchema, createOwnClaims } from './own-claims.ts';

const tenant = 'blue';

/** A schema of the claim `tenant` whose result is the value of the function. */
function resultOf(dataOf: (tenant: unknown) => unknown): ClaimsSchema {
  return {
    shape: { tenant: 0 },
    safeParse: (input: { tenant?: unknown }) =>
      'tenant' in input ? { success: true, data: dataOf(input.tenant) } : { success: false },
  } as unknown as ClaimsSchema;
}

const read = (dataOf: (tenant: unknown) => unknown, payload: object = { tenant }) =>
  createOwnClaims(resultOf(dataOf), ownProfile)(payload);
const nested = (depth: number, innermost: unknown = 1): unknown =>
  depth === 0 ? innermost : { next: nested(depth - 1, innermost) };
const inLists = (depth: number): unknown => (depth === 0 ? 1 : [inLists(depth - 1)]);
class Money {
  readonly amount = 5;
}

describe('the result of a schema of further claims', () => {
  it.each([
    ['a Date', new Date(0)],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set(['a'])],
    ['a big integer', 5n],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['an object of a class', new Money()],
    ['an object with a prototype of its own', Object.create({ amount: 5 })],
    ['bytes', new Uint8Array(2)],
    ['a regular expression', /x/],
    ['a boxed text', new String('x')],
  ])('is refused with %s in it, at any depth', (_case, value) => {
    expect(() => read(() => ({ tenant: value }))).toThrow(new TypeError('claims.tenant must be plain JSON'));
    expect(() => read(() => ({ a: [{ b: value }] }))).toThrow(new TypeError('claims.a[].b must be plain JSON'));
    const schema = z.object({ tenant: z.string().transform(() => value) });
    const { verifier } = setUpProfile({}, { claims: schema });
    for (const _use of ['first', 'second']) {
      expect(() => verifier.verify(tokenWith({ ...goodClaims, tenant }))).toThrow('claims.tenant must be plain JSON');
    }
  });

  it('has no member without a value, as in JSON', () => {
    const claims = z.object({ tenant: z.string().optional().catch(undefined), plan: z.string().nullish() });
    const { verifier } = setUpProfile({}, { claims });
    const result = verifier.verify(tokenWith({ ...goodClaims, tenant: 5, plan: null }));
    expect(Object.hasOwn(result, 'tenant')).toBe(false);
    expect(result).toMatchObject({ plan: null });
    expect(() => read(() => ({ a: [undefined] }))).toThrow(new TypeError('claims.a[] must be plain JSON'));
  });

  it('is never asked for of a claim that is nested too deeply: such a token is refused, and no other claim matters', () => {
    // As text: JSON.stringify would overflow the stack.
    const nested = (name: string, depth: number) =>
      `${JSON.stringify(goodClaims).slice(0, -1)},"${name}":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const { outcome } = setUpProfile({ maxLength: 16_384 }, { claims: z.object({ tree: z.json().optional() }) });
    expect(outcome(nested('tree', 3000))).toBe('invalid_token: claims');
    expect(outcome(nested('other', 5000))).toBe('accepted');
    expect(outcome(nested('tree', 3000))).toBe('invalid_token: claims');
    expect(outcome(nested('tree', 30))).toBe('accepted');
  });

  it('is refused when the verifier is built if a default is no plain JSON', () => {
    const claims = z.object({ since: z.date().default(() => new Date(0)) });
    expect(() => setUpProfile({}, { claims })).toThrow(new TypeError('claims.since must be plain JSON'));
  });

  it.each([
    ['a text', 'x'],
    ['a number', 5],
    ['null', null],
    ['a truth value', true],
  ])('is refused when it is %s', (_case, data) => {
    expect(() => read(() => data)).toThrow(new TypeError('claims must result in an object'));
  });

  it('keeps each kind of JSON value', () => {
    const data = {
      text: '',
      zero: 0,
      half: 0.5,
      no: false,
      yes: true,
      none: null,
      list: [1, [], {}],
      object: { a: {} },
    };
    expect(read(() => data)?.claims).toStrictEqual(data);
    expect(read(() => Object.assign(Object.create(null), { a: 1 }))?.claims).toStrictEqual({ a: 1 });
  });

  it('keeps a member named __proto__ below the top as a member, and gives nothing a prototype', () => {
    const data: unknown = JSON.parse('{"deep":{"__proto__":{"isAdmin":true}}}');
    const claims = read(() => data)?.claims as { deep: Record<string, unknown> };
    expect(Object.keys(claims.deep)).toEqual(['__proto__']);
    expect(claims.deep['isAdmin']).toBeUndefined();
    expect(Object.getPrototypeOf(claims.deep)).toBe(Object.prototype);
  });

  it('refuses the token when it is nested too deep or without end', () => {
    expect(read(() => nested(32))?.claims).toEqual(nested(32));
    expect(read(() => nested(33))).toBeUndefined();
    expect(read(() => ({ list: inLists(31) }))?.claims).toEqual({ list: inLists(31) });
    expect(read(() => ({ list: inLists(32) }))).toBeUndefined();
    const cyclic: Record<string, unknown> = {};
    for (const name of ['a', 'b', 'c', 'd']) cyclic[name] = cyclic;
    expect(read(() => cyclic)).toBeUndefined();
    // What is no JSON behind the deepest place is not looked at.
    expect(read(() => nested(33, new Date(0)))).toBeUndefined();
  });

  it('refuses with the reason claims a token whose claim is nested too deep', () => {
    const { outcome } = setUpProfile({}, { claims: z.object({ tenant: z.json() }) });
    expect(outcome({ ...goodClaims, tenant: nested(31) })).toBe('accepted');
    expect(outcome({ ...goodClaims, tenant: nested(32) })).toBe('invalid_token: claims');
    expect(outcome({ ...goodClaims, tenant: nested(500) })).toBe('invalid_token: claims');
  });

  it('is frozen to the bottom, and is a copy', () => {
    const data = { list: [{ deep: [1] }], object: { deep: {} } };
    const claims = read(() => data)?.claims as typeof data;
    expect(claims).toEqual(data);
    for (const part of [claims, claims.list, claims.list[0], claims.list[0]?.deep, claims.object, claims.object.deep]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(claims.list).not.toBe(data.list);
    expect(Object.isFrozen(data.list)).toBe(false);
    data.list.push({ deep: [] });
    expect(claims.list).toHaveLength(1);
  });

  it('shares nothing with another token', () => {
    const shared = { tags: ['a'] };
    const { verifier } = setUpProfile({}, { claims: resultOf(() => ({ shared })), rememberTokens: 0 });
    const token = tokenWith({ ...goodClaims, tenant });
    const [one, two] = [verifier.verify(token), verifier.verify(token)].map((claims) => Reflect.get(claims, 'shared'));
    expect(one).toEqual(shared);
    expect(one).not.toBe(two);
    expect(Reflect.get(one, 'tags')).not.toBe(Reflect.get(two, 'tags'));
    expect(Object.isFrozen(verifier.verify(token))).toBe(true);
  });
});

function counter() {
  let calls = 0;
  return () => {
    calls += 1;
    return { calls };
  };
}

describe('a schema that is not pure', () => {
  const fault = new TypeError('claims must be pure: the same token gave two results');

  it.each([
    ['counts', counter()],
    ['draws', () => ({ random: Math.random() })],
  ])('is found with the first token when it %s', (_case, dataOf) => {
    const { verifier } = setUpProfile({}, { claims: resultOf(dataOf) });
    expect(() => verifier.verify(tokenWith({ ...goodClaims, tenant }))).toThrow(fault);
  });

  it.each([
    ['accepts only the first time', [true, false]],
    ['accepts only the second time', [false, true]],
  ])('is found when it %s', (_case, answers) => {
    const left = [false, ...answers];
    const schema: ClaimsSchema = {
      shape: { tenant: 0 },
      safeParse: () => (left.shift() === true ? { success: true, data: {} } : { success: false }),
    };
    expect(() => createOwnClaims(schema, ownProfile)({ tenant })).toThrow(fault);
  });

  it('is not mistaken for one that changes what it is given, since the first run has a copy', () => {
    const read = createOwnClaims(
      resultOf((value) => ({ count: (value as number[]).push(1) })),
      ownProfile,
    );
    expect(read({ tenant: [1] })?.claims).toEqual({ count: 2 });
  });

  it('is run twice until it has accepted a token, and once from then on', () => {
    let runs = 0;
    const schema = z.object({ tenant: z.string().refine((value) => ++runs > 0 && value !== 'bad') });
    const read = createOwnClaims(schema, ownProfile);
    const counts = ['bad', 'bad', 'blue', 'blue', 'bad'].map((value) => {
      read({ tenant: value });
      return runs;
    });
    expect(counts).toEqual([2, 4, 6, 7, 8]);
  });
});

describe('the memory of a token with further claims', () => {
  it('counts 64 bytes for each value and two for each character of a text', () => {
    const bytes = (data: unknown) => read(() => data)?.bytes;
    expect(bytes({})).toBe(64);
    expect(bytes({ a: 1, b: null, c: true })).toBe(4 * 64);
    expect(bytes({ a: 'four' })).toBe(2 * 64 + 8);
    expect(bytes({ a: [1, 'x'], b: { c: [] } })).toBe(7 * 64 - 64 + 2);
  });

  it('counts them in the verifier, and so all lists of the profile', () => {
    const size = (profile: Parameters<typeof setUpProfile>[0], options: object, more: object) => {
      const { verifier } = setUpProfile(profile, options);
      const token = tokenWith({ ...goodClaims, ...more });
      for (const _use of [1, 2]) verifier.verify(token);
      return verifier.memory().bytes - 2 * token.length - 1024;
    };
    const lists = 64 * (goodClaims.aud.length + goodClaims.roles.length + 2);
    expect(size({}, {}, {})).toBe(lists);
    expect(size({}, { claims: z.object({ tenant: z.string() }) }, { tenant })).toBe(lists + 128 + 8);
    const groups = { groups: ['a', 'b', 'c'] };
    expect(size({ claims: { ...ownProfile.claims, groups: 'texts' } }, {}, groups)).toBe(lists + 3 * 64);
    expect(size({ claims: { ...ownProfile.claims, groups: 'texts?' } }, {}, {})).toBe(lists);
  });
});
