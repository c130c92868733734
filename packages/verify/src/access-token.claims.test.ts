import { describe, expect, it } from '@jest/globals';
import { goodClaims, setUpAccessTokens } from '../test/access-tokens.ts';

const { forged, issuer, outcome, verifier } = setUpAccessTokens();
const withClaims = (claims: object) => forged({ ...goodClaims, ...claims });

describe('the claims of an access token', () => {
  it('are returned under their registered names, with the scopes as a set', () => {
    const { scopes, ...claims } = verifier.verify(forged(goodClaims));
    expect(claims).toEqual(goodClaims);
    expect([...scopes]).toEqual(['order:read', 'order:write']);
  });

  it('cannot be changed by a handler, at any depth', () => {
    const claims = verifier.verify(forged(goodClaims));
    expect([claims, claims.aud, claims.roles, claims.scopes].every(Object.isFrozen)).toBe(true);
    expect(() => Object.assign(claims, { sub: 'somebody-else' })).toThrow(TypeError);
    // @ts-expect-error: read-only for the compiler as well
    expect(() => claims.roles.push('admin')).toThrow(TypeError);
    // @ts-expect-error: read-only for the compiler as well
    expect(() => claims.aud.push('product')).toThrow(TypeError);
    // @ts-expect-error: a set without add
    expect(() => claims.scopes.add('user:admin')).toThrow(TypeError);
    expect([...claims.scopes]).toEqual(['order:read', 'order:write']);
  });

  it('that are unknown are not returned', () => {
    const claims = verifier.verify(withClaims({ email: 'ada@example.com', admin: true, scopes: ['user:admin'] }));
    expect(Object.keys(claims).sort()).toEqual([...Object.keys(goodClaims), 'scopes'].sort());
    expect(claims.scopes.has('user:admin')).toBe(false);
  });

  it.each([
    ['', []],
    [' ', []],
    ['order:read', ['order:read']],
    ['  order:read   order:write ', ['order:read', 'order:write']],
    ['order:read order:read', ['order:read']],
    ['order:readorder:write', ['order:readorder:write']],
    ['order:read\torder:write', ['order:read\torder:write']],
  ])('have for the scope %j the scopes %j', (scope, scopes) => {
    expect([...verifier.verify(withClaims({ scope })).scopes]).toEqual(scopes);
  });

  it.each([
    ['iss', 'invalid_token: issuer'],
    ['aud', 'invalid_token: audience'],
    ...['sub', 'client_id', 'iat', 'exp', 'jti', 'sid', 'auth_time', 'scope', 'roles'].map(
      (name) => [name, 'invalid_token: claims'] as const,
    ),
  ])('without %s are "%s"', (name, expected) => {
    expect(outcome(withClaims({ [name]: undefined }))).toBe(expected);
    expect(outcome(issuer.token({ [name]: undefined }))).toBe(expected);
  });

  it.each([
    [
      'iss',
      ['https://auth.example/', 'HTTPS://AUTH.EXAMPLE', 'https://auth.example.evil', ' https://auth.example', ''],
    ],
    ['iss', ['http://auth.example', 'undefined', ['https://auth.example'], null, 5, true, {}]],
  ])('are rejected when %s is one of %j', (name, values) => {
    for (const value of values) expect(outcome(withClaims({ [name]: value }))).toBe('invalid_token: issuer');
  });

  it.each([
    ['holds our name alone', ['order'], 'accepted'],
    ['holds our name among others', ['x', 'order', 'y'], 'accepted'],
    ['names another service', ['product'], 'invalid_token: audience'],
    ['is a list of nothing', [], 'invalid_token: audience'],
    ['is our name as text, not in a list', 'order', 'invalid_token: claims'],
    ['is text that holds our name', 'user order', 'invalid_token: audience'],
    ['has our name in a list of its own', [['order']], 'invalid_token: audience'],
    ['has our name in capitals', ['ORDER'], 'invalid_token: audience'],
    ['has a space behind our name', ['order '], 'invalid_token: audience'],
    ['has a name that begins like ours', ['order-admin'], 'invalid_token: audience'],
    ['has a name that ends like ours', ['reorder'], 'invalid_token: audience'],
    ['holds an empty name as well', ['order', ''], 'invalid_token: claims'],
    ['holds a number as well', ['order', 5], 'invalid_token: claims'],
    ['holds null as well', ['order', null], 'invalid_token: claims'],
    ['is an object', { order: true }, 'invalid_token: audience'],
    ['is null', null, 'invalid_token: audience'],
  ])('with an aud that %s, %j, are "%s"', (_case, aud, expected) => {
    expect(outcome(withClaims({ aud }))).toBe(expected);
  });

  it.each([
    ['sub', ['', 5, null, [], ['a'], {}, true, 'x'.repeat(256)]],
    ['client_id', ['', 5, null, []]],
    ['jti', ['', 'short', 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}+`, `${'A'.repeat(22)}\n`, 5, null]],
    ['sid', ['', 5, null, ['a'], 'x'.repeat(256)]],
    ['scope', [['order:read'], 5, null, {}]],
    // "superadmin".includes("admin") is true: roles are a list or nothing.
    ['roles', ['admin', 'superadmin', [''], [5], [['admin']], null, {}, 5]],
  ])('are rejected when %s is one of %j', (name, values) => {
    for (const value of values) expect(outcome(withClaims({ [name]: value }))).toBe('invalid_token: claims');
  });

  it.each([
    [{ sub: 'x'.repeat(255) }],
    [{ sid: 'x'.repeat(255) }],
    [{ roles: [] }],
    [{ roles: ['a', 'b'] }],
    [{ nbf: goodClaims.iat }],
    [{ jti: 'Az09-_Az09-_Az09-_Az09' }],
  ])('are accepted with %j', (claims) => {
    expect(outcome(withClaims(claims))).toBe('accepted');
  });
});
