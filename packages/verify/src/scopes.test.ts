import { describe, expect, it } from '@jest/globals';
import { createScopes } from './scopes.ts';

const scopes = createScopes(['order:read', 'order:write']);

describe('the scopes of a token', () => {
  it('can be read like any set', () => {
    expect([scopes.size, scopes.has('order:read'), scopes.has('order')]).toEqual([2, true, false]);
    const both = ['order:read', 'order:write'];
    expect([[...scopes], [...scopes.keys()], [...scopes.values()]]).toEqual([both, both, both]);
    expect([...scopes.entries()]).toEqual(both.map((scope) => [scope, scope]));
    expect(new Set(scopes)).toEqual(new Set(both));
  });

  it('pass themselves to forEach, not the inner set', () => {
    const seen: unknown[] = [];
    const self = {};
    scopes.forEach(function (this: unknown, ...args) {
      seen.push([this === self, ...args]);
    }, self);
    expect(seen).toEqual([
      [true, 'order:read', 'order:read', scopes],
      [true, 'order:write', 'order:write', scopes],
    ]);
    expect(seen.flat().filter((value) => value instanceof Set)).toEqual([]);
  });

  it.each(['add', 'delete', 'clear'] as const)('have no %s, and that of a Set does not work on them', (name) => {
    expect(name in scopes).toBe(false);
    const method: (value: string) => unknown = Set.prototype[name];
    expect(() => Reflect.apply(method, scopes, ['order:read'])).toThrow(TypeError);
    expect([...scopes]).toEqual(['order:read', 'order:write']);
  });

  it('cannot be changed, nor can their prototype', () => {
    const kind: object = Object.getPrototypeOf(scopes);
    expect(() => Object.assign(scopes, { has: () => true })).toThrow(TypeError);
    expect(() => Object.assign(kind, { has: () => true })).toThrow(TypeError);
    expect(() => Object.setPrototypeOf(scopes, { has: () => true })).toThrow(TypeError);
    expect(scopes.has('user:admin')).toBe(false);
  });

  it('have the methods of a set of this Node version, and no more', () => {
    const other = new Set(['order:read', 'account']);
    for (const [name, expected] of [
      ['union', new Set(['order:read', 'order:write', 'account'])],
      ['intersection', new Set(['order:read'])],
      ['isDisjointFrom', false],
    ] as const) {
      const method: unknown = Reflect.get(scopes, name);
      expect(typeof method).toBe(typeof Reflect.get(Set.prototype, name));
      if (typeof method === 'function') expect(Reflect.apply(method, scopes, [other])).toEqual(expected);
    }
  });
});
