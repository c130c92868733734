import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUnambiguousTarget } from '../request-target.ts';
import { buildTarget, type QueryParams } from './target.ts';

const template = '/internal/users/:id/contact';
const withId = (id: unknown) => buildTarget(template, { id: id as string });

describe('buildTarget', () => {
  it.each([
    ['a plain id', '0190e4b2-7d3c', '0190e4b2-7d3c'],
    ['a letter beyond ASCII', 'é', '%C3%A9'],
    ['an emoji', '😀', '%F0%9F%98%80'],
    ['a space', 'a b', 'a%20b'],
    ['a question mark', 'a?admin=1', 'a%3Fadmin%3D1'],
    ['a fragment', 'a#b', 'a%23b'],
    ['an ampersand', 'a&b', 'a%26b'],
    ['a colon', ':id', '%3Aid'],
    ['three dots', '...', '...'],
    ['a dot in a name', 'a.b', 'a.b'],
    ['a semicolon', 'a;b', 'a%3Bb'],
    ['a line break', 'a\r\nHost: evil', 'a%0D%0AHost%3A%20evil'],
    ['what a replacement would expand', "$&$1$'", "%24%26%241%24'"],
  ])('encodes %s as one segment', (_case, value, segment) => {
    expect(withId(value)).toBe(`/internal/users/${segment}/contact`);
  });

  it.each([
    ['nothing', ''],
    ['a dot', '.'],
    ['two dots', '..'],
    ['a slash', 'a/b'],
    ['a slash alone', '/'],
    ['a way up', '../../admin'],
    ['a backslash', 'a\\b'],
    ['a way up with backslashes', '..\\admin'],
    ['an encoded slash', 'a%2fb'],
    ['an encoded slash in capitals', 'a%2Fb'],
    ['an encoded dot', '%2e%2e'],
    ['a percent sign', '100%'],
    ['NUL', 'a\0b'],
    ['a high surrogate alone', 'a\ud800'],
    ['a low surrogate alone', '\udc00a'],
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['a list', ['7']],
    ['an object', { toString: () => '7' }],
  ])('rejects %s as a path parameter, and does not repeat it', (_case, value) => {
    expect(() => withId(value)).toThrow(new TypeError('path parameter id must be one plain path segment'));
  });

  it('rejects a parameter that is missing or inherited', () => {
    expect(() => buildTarget(template)).toThrow('path parameter id must be');
    expect(() => buildTarget(template, {})).toThrow('path parameter id must be');
    expect(() => buildTarget('/a/:constructor', {})).toThrow('path parameter constructor must be');
    expect(() => buildTarget(template, Object.create({ id: '7' }))).toThrow('path parameter id must be');
  });

  it('replaces each parameter once: a value is never read as a template', () => {
    expect(buildTarget('/a/:one/:two', { one: ':two', two: 'x' })).toBe('/a/%3Atwo/x');
    expect(buildTarget('/a/:one', { one: 'x', two: '../y' })).toBe('/a/x');
  });

  it.each([
    [{}, ''],
    [{ limit: undefined }, ''],
    [{ limit: 10, full: true, q: '' }, '?limit=10&full=true&q='],
    [{ q: 'a&admin=1' }, '?q=a%26admin%3D1'],
    [{ q: '#x' }, '?q=%23x'],
    [{ q: '/../x\\' }, '?q=%2F..%2Fx%5C'],
    [{ q: 'é ü' }, '?q=%C3%A9+%C3%BC'],
    [{ 'a=b&c': '1' }, '?a%3Db%26c=1'],
    [{ b: '2', a: '1' }, '?b=2&a=1'],
  ] as [QueryParams, string][])('encodes the query %j as %j', (query, expected) => {
    expect(buildTarget('/a', {}, query)).toBe(`/a${expected}`);
  });

  it('returns a target of the same route for every input, or rejects it', () => {
    const anyCharacter = fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code));
    const unit = fc.oneof(fc.constantFrom(...'./\\%?#:;&=2eEfF \0'), anyCharacter);
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), fc.string({ unit, maxLength: 8 }), (id, q) => {
        const target = targetOrNothing(id, q.replaceAll('\0', ''));
        if (target === undefined) return;
        const url = new URL(target, 'http://user:4001');
        const segments = url.pathname.split('/').map(decodeURIComponent);
        expect([isUnambiguousTarget(target), url.host, url.pathname + url.search, ...segments]).toEqual([
          true,
          'user:4001',
          target,
          '',
          'internal',
          'users',
          id,
          'contact',
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});

function targetOrNothing(id: string, q: string): string | undefined {
  try {
    return buildTarget(template, { id }, { q });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
