import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bindTarget, isUnambiguousTarget } from './request-target.ts';

describe('isUnambiguousTarget', () => {
  it.each([
    '/',
    '/internal/quotes',
    '/internal/quotes/',
    '/internal/quotes?',
    '/internal/quotes?limit=10&cursor=a%2Fb',
    '/internal/users/0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58/contact',
    '/a/%C3%A9',
    '/a/b%20c',
    '/a/b%25c',
    '/a/...',
    '/a/.well-known',
    '/a/b.json',
    '/a/..b',
    "/a/~!$&'()*+,;=:@",
    '/a?b=//c',
    '/a?b=/../c',
    '/a?b=%2e%2e%5c',
    '/a??b',
  ])('accepts %s', (target) => expect(isUnambiguousTarget(target)).toBe(true));

  it.each([
    ['nothing', ''],
    ['no slash in front', 'internal/quotes'],
    ['absolute-form', 'http://product/internal/quotes'],
    ['absolute-form of https', 'https://product/internal/quotes'],
    ['authority-form', 'product:443'],
    ['asterisk-form', '*'],
    ['an authority in front', '//evil/internal/quotes'],
    ['an empty segment', '/internal//quotes'],
    ['an empty segment at the end', '/internal/quotes//'],
    ['a backslash', '/internal\\quotes'],
    ['a backslash in front of an authority', '/\\evil/x'],
    ['a backslash in the query', '/a?b=\\c'],
    ['a fragment', '/internal/quotes#x'],
    ['a fragment behind the query', '/internal/quotes?a=1#x'],
    ['%2f', '/internal%2fquotes'],
    ['%2F', '/internal%2Fquotes'],
    ['%5c', '/internal%5cquotes'],
    ['%5C', '/internal%5Cquotes'],
    ['%00', '/internal/quotes%00'],
    ['%00 in the query', '/internal/quotes?a=%00'],
    ['%2e', '/internal/%2e/quotes'],
    ['%2E%2e', '/internal/%2E%2e/quotes'],
    ['a half-encoded dot segment', '/internal/.%2e/quotes'],
    ['an encoded dot in a name', '/internal/quotes%2ejson'],
    ['a dot segment', '/internal/./quotes'],
    ['a dot segment at the end', '/internal/.'],
    ['a double-dot segment', '/internal/../quotes'],
    ['a double-dot segment at the end', '/internal/..'],
    ['a double-dot segment in front of the query', '/internal/..?a=1'],
    ['a broken escape', '/a/%zz'],
    ['a cut escape', '/a/%2'],
    ['a lone percent sign', '/a/%'],
    ['a space', '/a b'],
    ['a tab', '/a\tb'],
    ['a line break', '/a\nb'],
    ['a NUL', '/a\0'],
    ['a letter beyond ASCII', '/é'],
    ['DEL', '/a\x7f'],
  ])('rejects %s', (_case, target) => expect(isUnambiguousTarget(target)).toBe(false));

  it('accepts only targets that a URL parser does not change', () => {
    const unit = fc.constantFrom(...'/.\\%2fFeE5cC0?#ab:@;& ', '//', '/../', '%2e', '%2f', 'http://');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        const target = `/${text}`;
        if (!isUnambiguousTarget(target)) return;
        const url = new URL(bindTarget('product', target));
        expect(url.host).toBe('product');
        // Only an empty query loses its question mark.
        expect(url.pathname + url.search).toBe(target.replace(/^([^?]*)\?$/, '$1'));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bindTarget', () => {
  it('keeps the bytes of the target after the name of the callee', () => {
    expect(bindTarget('product', '/internal/quotes?b=2&a=1')).toBe('https://product/internal/quotes?b=2&a=1');
  });
});
