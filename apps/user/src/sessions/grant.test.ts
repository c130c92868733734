import { describe, expect, it } from '@jest/globals';
import { UserError } from '../user-error.ts';
import { narrow } from './grant.ts';

describe('narrow', () => {
  const grant = { scopes: ['account', 'order:read'], audience: ['user', 'order'] };

  it.each([
    ['the whole grant when nothing is requested', {}, grant],
    ['the whole grant when undefined is requested', { scopes: undefined, audience: undefined }, grant],
    [
      'the requested rights',
      { scopes: ['order:read'], audience: ['order'] },
      { scopes: ['order:read'], audience: ['order'] },
    ],
    [
      'a narrower scope with the whole audience',
      { scopes: ['account'] },
      { scopes: ['account'], audience: ['user', 'order'] },
    ],
  ])('returns %s', (_case, wanted, expected) => {
    expect(narrow(grant, wanted)).toEqual(expected);
  });

  it.each([
    ['scope_not_available', { scopes: ['account', 'order:write'] }],
    ['scope_not_available', { scopes: ['order'] }],
    ['audience_not_available', { audience: ['order', 'product'] }],
  ])('throws %s for %j', (code, wanted) => {
    expect(() => narrow(grant, wanted)).toThrow(expect.objectContaining({ name: UserError.name, code }));
  });
});
