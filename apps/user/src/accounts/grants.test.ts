import { describe, expect, it } from '@jest/globals';
import { UserError } from '../user-error.ts';
import { allScopes, narrow, scopesOf } from './grants.ts';

const customer = ['account', 'product:read', 'order:read', 'order:write'];
const admin = [...customer, 'product:write', 'order:read-any', 'user:admin'];

describe('the scopes of roles', () => {
  it.each([
    ['a customer', ['customer'], customer],
    ['an admin, who is a customer as well', ['admin'], admin],
    ['both roles, each scope once', ['customer', 'admin'], admin],
    ['nobody', [], []],
    ['a role that does not exist', ['superadmin'], []],
    ['names that every object has', ['constructor', '__proto__', 'toString'], []],
  ])('are those of %s', (_case, roles, scopes) => {
    expect(scopesOf(roles)).toEqual(scopes);
  });

  it('are all that there are', () => {
    expect([...allScopes].sort()).toEqual([...admin].sort());
  });
});

describe('a narrowed grant', () => {
  const grant = { scopes: ['account', 'order:read'], audience: ['user', 'order'] };

  it.each([
    ['all of it when nothing is asked for', {}, grant],
    ['all of it when undefined is asked for', { scopes: undefined, audience: undefined }, grant],
    [
      'what is asked for',
      { scopes: ['order:read'], audience: ['order'] },
      { scopes: ['order:read'], audience: ['order'] },
    ],
    ['each part by itself', { scopes: ['account'] }, { scopes: ['account'], audience: ['user', 'order'] }],
  ])('is %s', (_case, wanted, expected) => {
    expect(narrow(grant, wanted)).toEqual(expected);
  });

  it.each([
    ['scope_not_available', { scopes: ['account', 'order:write'] }],
    ['scope_not_available', { scopes: ['order'] }],
    ['audience_not_available', { audience: ['order', 'product'] }],
  ])('is refused as %s: %j', (code, wanted) => {
    expect(() => narrow(grant, wanted)).toThrow(expect.objectContaining({ name: UserError.name, code }));
  });
});
