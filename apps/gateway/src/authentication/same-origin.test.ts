import { describe, expect, it } from '@jest/globals';
import { createSameOrigin } from './same-origin.ts';

const own = 'https://shop.example';
const trusted = 'https://admin.example';
const sameOrigin = createSameOrigin({ own: [own], trusted: [trusted] });
const json = { 'content-type': 'application/json', 'content-length': '2' };
type Headers = Readonly<Record<string, string>>;

function verdict(check: (typeof sameOrigin)['assertOwn'], method: string, headers: Headers): string {
  try {
    check({ method, headers });
    return 'passes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const asked: [string, Headers, withCookie: string, withoutCookie: string][] = [
  ['the origin of the gateway', { origin: own }, 'passes', 'passes'],
  [
    'the same origin and Sec-Fetch-Site: same-origin',
    { origin: own, 'sec-fetch-site': 'same-origin' },
    'passes',
    'passes',
  ],
  ['Sec-Fetch-Site: same-origin alone', { 'sec-fetch-site': 'same-origin' }, 'passes', 'passes'],
  ['a trusted origin', { origin: trusted, 'sec-fetch-site': 'cross-site' }, 'passes', 'passes'],
  ['no origin', {}, 'cross_site', 'passes'],
  ['another origin', { origin: 'https://evil.example' }, 'cross_site', 'cross_site'],
  [
    'another origin and Sec-Fetch-Site: same-origin',
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    'cross_site',
    'cross_site',
  ],
  ['the origin of a sandboxed frame', { origin: 'null' }, 'cross_site', 'cross_site'],
  [
    'a sibling subdomain',
    { origin: 'https://blog.shop.example', 'sec-fetch-site': 'same-site' },
    'cross_site',
    'cross_site',
  ],
  ['an origin that begins with the own one', { origin: `${own}.evil.example` }, 'cross_site', 'cross_site'],
  ['the same host over http', { origin: 'http://shop.example' }, 'cross_site', 'cross_site'],
  ['the same host on another port', { origin: `${own}:8443` }, 'cross_site', 'cross_site'],
  ['an origin with a slash', { origin: `${own}/` }, 'cross_site', 'cross_site'],
  [
    'the own origin and Sec-Fetch-Site: cross-site',
    { origin: own, 'sec-fetch-site': 'cross-site' },
    'cross_site',
    'cross_site',
  ],
  ['Sec-Fetch-Site: cross-site alone', { 'sec-fetch-site': 'cross-site' }, 'cross_site', 'cross_site'],
  ['Sec-Fetch-Site: same-site alone', { 'sec-fetch-site': 'same-site' }, 'cross_site', 'cross_site'],
  ['Sec-Fetch-Site: none alone', { 'sec-fetch-site': 'none' }, 'cross_site', 'cross_site'],
];

describe.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('%s', (method) => {
  it.each(asked)('from %s', (_from, headers, withCookie, withoutCookie) => {
    expect(verdict(sameOrigin.assertOwn, method, { ...json, ...headers })).toBe(withCookie);
    expect(verdict(sameOrigin.assertNotForeign, method, { ...json, ...headers })).toBe(withoutCookie);
  });

  it.each([
    ['text/plain', 'not_json'],
    ['application/x-www-form-urlencoded', 'not_json'],
    ['multipart/form-data; boundary=x', 'not_json'],
    ['application/jsonp', 'not_json'],
    ['text/plain; application/json', 'not_json'],
    ['application/json; charset=utf-8', 'passes'],
    ['Application/JSON', 'passes'],
  ])('with a cookie and content of type %s', (type, expected) => {
    const headers = { origin: own, 'content-type': type };
    expect(verdict(sameOrigin.assertOwn, method, { ...headers, 'content-length': '2' })).toBe(expected);
    expect(verdict(sameOrigin.assertOwn, method, { ...headers, 'transfer-encoding': 'chunked' })).toBe(expected);
  });

  it('without content needs no content type', () => {
    expect(verdict(sameOrigin.assertOwn, method, { origin: own })).toBe('passes');
    expect(verdict(sameOrigin.assertOwn, method, { origin: own, 'content-length': '0' })).toBe('passes');
  });
});

describe.each(['GET', 'HEAD', 'OPTIONS'])('%s', (method) => {
  it('passes from any origin, since the method changes nothing', () => {
    expect(
      verdict(sameOrigin.assertOwn, method, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
    ).toBe('passes');
  });
});
