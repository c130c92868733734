import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { goodClaims } from '../test/access-tokens.ts';
import { setUpProfile, tokenWith } from '../test/profile-setup.ts';
import { ownProfile } from './access-token-profile.ts';
import { type ClaimsSchema, createOwnClaims } from './own-claims.ts';

const tenant = '7d444840-9dc0-41d1-b245-5ffdce74fad2';

/** A schema of one claim, written by hand: its result is whatever the function returns. */
function schemaOf(resultOf: (input: object) => unknown, shape: object = { tenant: 0 }): ClaimsSchema {
  return { shape, safeParse: (input: object) => resultOf(input) } as unknown as ClaimsSchema;
}

/** A schema by hand whose claims are the value of the function, once there is a token. */
function resultOf(dataOf: (input: { tenant?: unknown }) => unknown): ClaimsSchema {
  return schemaOf((input) => ('tenant' in input ? { success: true, data: dataOf(input) } : { success: false }));
}

const read = (schema: ClaimsSchema, payload: unknown = { tenant }) => createOwnClaims(schema, ownProfile)(payload);

describe('a schema of further claims', () => {
  it.each([
    ['zod', z.object({ tenant: z.uuid(), plan: z.string().optional() })],
    ['hands', resultOf(({ tenant: value }) => ({ tenant: value }))],
  ])('that is written with %s hands out what it lists, and nothing else', (_case, schema) => {
    expect(read(schema, { tenant, sub: 'ada', other: 1 })?.claims).toEqual({ tenant });
  });

  it('is given only the own members of the payload that it lists', () => {
    const given: object[] = [];
    const schema = schemaOf(
      (input) => {
        given.push(input);
        return { success: true, data: {} };
      },
      { tenant: 0, toString: 0, absent: 0 },
    );
    read(schema, { tenant, sub: 'ada' });
    expect(given).toEqual([{}, { tenant }, { tenant }]);
    for (const payload of [undefined, null, 5, 'text']) expect(read(schema, payload)?.claims).toEqual({});
  });

  it('refuses the token, not the request, for a claim that it rejects', () => {
    const { outcome, claims } = setUpProfile({}, { claims: z.object({ tenant: z.uuid() }) });
    expect(outcome({ ...goodClaims, tenant: 'x' })).toBe('invalid_token: claims');
    expect(outcome(goodClaims)).toBe('invalid_token: claims');
    expect(claims({ ...goodClaims, tenant })).toMatchObject({ tenant, sub: goodClaims.sub });
    expect(outcome({ ...goodClaims, tenant: 'x' })).toBe('invalid_token: claims');
  });

  it('is not asked about a token whose other claims are wrong', () => {
    const schema = resultOf(() => {
      throw new Error('asked');
    });
    const { outcome } = setUpProfile({}, { claims: schema });
    expect(outcome({ ...goodClaims, tenant, sub: 5 })).toBe('invalid_token: claims');
  });

  it.each([
    ['null', null],
    ['a text', 'tenant'],
    ['a function', () => ({ success: true, data: {} })],
    ['names alone', { tenant: 'text' }],
    ['a schema without shape', z.string()],
    ['a schema behind a transform', z.object({ tenant: z.string() }).transform((claims) => claims)],
    ['a shape that is null', { shape: null, safeParse: () => ({ success: false }) }],
    ['a shape that is a text', { shape: 'tenant', safeParse: () => ({ success: false }) }],
    ['a schema without safeParse', { shape: {}, parse: () => ({}) }],
  ])('is refused when the verifier is built if it is %s', (_case, schema) => {
    const text = 'claims must be an object schema, such as z.object({ tenant_id: z.uuid() })';
    expect(() => createOwnClaims(schema as unknown as ClaimsSchema, ownProfile)).toThrow(new TypeError(text));
    expect(() => setUpProfile({}, { claims: schema as unknown as ClaimsSchema })).toThrow(new TypeError(text));
  });

  it.each(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'scopes', 'roles', '__proto__', 'sid', 'jti', 'token_use'])(
    'is refused when it lists or hands out %s',
    (name) => {
      const profile = { ...ownProfile, fixed: { token_use: 'access' } };
      const text = `claims must not hold ${name}, which the profile checks: use accepts`;
      const claims = Object.fromEntries([[name, 'x']]);
      const listing = schemaOf(() => ({ success: true, data: {} }), claims);
      expect(() => createOwnClaims(listing, profile)).toThrow(new TypeError(text));
      const adding = resultOf(() => claims);
      expect(() => createOwnClaims(adding, profile)({ tenant })).toThrow(new TypeError(text));
      const always = schemaOf(() => ({ success: true, data: claims }));
      expect(() => setUpProfile(profile, { claims: always })).not.toThrow();
      expect(() => setUpProfile(profile, { claims: always }).outcome({ ...goodClaims, token_use: 'access' })).toThrow(
        new TypeError(text),
      );
    },
  );

  it('is refused when it lists iat, also where the profile does not', () => {
    const build = () => setUpProfile({ claims: {}, session: null }, { claims: z.object({ iat: z.int() }) });
    expect(build).toThrow(new TypeError('claims must not hold iat, which the profile checks: use accepts'));
  });

  const notOne = 'claims must be synchronous: its safeParse returned no result';
  it.each([
    ['a promise', async () => ({ success: true, data: {} })],
    ['nothing', () => undefined],
    ['null', () => null],
    ['data without success', () => ({ data: {} })],
    ['a success that is 1', () => ({ success: 1, data: {} })],
    ['a success that is 0', () => ({ success: 0, data: {} })],
  ])('is refused when it returns %s', (_case, result) => {
    expect(() => createOwnClaims(schemaOf(result), ownProfile)).toThrow(new TypeError(notOne));
  });

  it('is refused when it throws or is asynchronous, at the latest with the first token, and repeats no claim', () => {
    const fault = 'claims must be synchronous and must not throw';
    const throwing = schemaOf(() => {
      throw new Error('always');
    });
    expect(() => createOwnClaims(throwing, ownProfile)).toThrow(fault);
    for (const rule of [async () => true, () => Promise.resolve(true)]) {
      const { verifier } = setUpProfile({}, { claims: z.object({ tenant: z.string().refine(rule) }) });
      expect(() => verifier.verify(tokenWith({ ...goodClaims, tenant }))).toThrow(fault);
    }
    const cause = new Error(`not ${tenant}`);
    const quoting = createOwnClaims(
      resultOf(() => {
        throw cause;
      }),
      ownProfile,
    );
    const error = errorOf(() => quoting({ tenant }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(fault);
    expect(error.cause).toBe(cause);
  });
});

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
