import { describe, expect, it } from '@jest/globals';
import { demoAccounts } from './demo-accounts.ts';
import { allScopes, scopesOf } from './grants.ts';

const customer = ['account', 'product:read', 'order:read', 'order:write'];
const admin = [...customer, 'product:write', 'order:read-any', 'user:admin'];

describe('the scopes of roles', () => {
  it.each([
    ['a customer', ['customer'], customer],
    ['an admin, who is a customer as well', ['admin'], admin],
    ['both roles, each scope once', ['customer', 'admin'], admin],
    ['no role', [], []],
    ['a role that does not exist', ['superadmin'], []],
    ['names that every object has', ['constructor', '__proto__', 'toString'], []],
  ])('are those of %s', (_case, roles, scopes) => {
    expect(scopesOf(roles)).toEqual(scopes);
  });

  it('are those of the demo accounts with these roles', () => {
    expect(demoAccounts.ada.scopes).toEqual(customer);
    expect(demoAccounts.admin.scopes).toEqual(admin);
  });

  it('are all scopes', () => {
    expect([...allScopes].sort()).toEqual([...admin].sort());
  });
});
