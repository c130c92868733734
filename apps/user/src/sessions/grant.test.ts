import { describe, expect, it } from '@jest/globals';
import { UserError } from '../user-error.ts';
import { narrow } from './grant.ts';

describe('a narrowed grant', () => {
  const grant = { scopes: ['account', 'order:read'], audience: ['user', 'order'] };

  it.each([
    ['all of it when nothing is requested', {}, grant],
    ['all of it when undefined is requested', { scopes: undefined, audience: undefined }, grant],
    [
      'what is requested',
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
