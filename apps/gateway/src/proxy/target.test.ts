import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findProxyRoute, proxyRoutes } from './target.ts';

describe('findProxyRoute', () => {
  it.each([
    ['/auth', 'user', '/auth/*'],
    ['/auth/login', 'user', '/auth/*'],
    ['/auth/sessions/1?x=1', 'user', '/auth/*'],
    ['/users/me', 'user', '/users/me/*'],
    ['/users/me?x', 'user', '/users/me/*'],
    ['/users/me/password', 'user', '/users/me/*'],
    ['/.well-known/jwks.json', 'user', '/.well-known/*'],
    ['/products', 'product', '/products/*'],
    ['/products/', 'product', '/products/*'],
    ['/products?cursor=a%2Fb&q=../x', 'product', '/products/*'],
    ['/products/a%20b;c=1', 'product', '/products/*'],
    ['/products/...', 'product', '/products/*'],
    ['/orders/1/cancel', 'order', '/orders/*'],
  ])('sends %s to %s, counted as %s', (target, service, template) => {
    expect(findProxyRoute(target)).toMatchObject({ service, template });
  });

  it.each([
    '/',
    '/?/products',
    '/product',
    '/productsx',
    '/products;x',
    '/products%20',
    '/Products',
    '/PRODUCTS/1',
    '/%70roducts',
    '/users',
    '/users/',
    '/users/1',
    '/users/meme',
    '/users/ME',
    '/users/%6de',
    '/users/me;x',
    '/internal',
    '/internal/quotes',
    '/metrics',
    '/livez',
    '/readyz',
    '/openapi.json',
    '/docs',
    '/session',
    '/well-known/jwks.json',
    '/.well-knownx',
    '/authx',
    '/auth%2elogin'.replace('%2e', '.'),
    '/x/products',
  ])('returns undefined for %s', (target) => {
    expect(findProxyRoute(target)).toBeUndefined();
  });

  it.each([
    '',
    'products',
    '*',
    'shop.example:443',
    'http://shop.example/products',
    '//products',
    '/products//1',
    '/products/../internal',
    '/products/.',
    '/products/%2e%2e/internal',
    '/products/%2E',
    '/products%2f1',
    '/products%5c1',
    '/products\\1',
    '/products#x',
    '/products%00',
    '/products/%',
    '/products/%zz',
    '/pro ducts',
    '/products/..;/internal',
    '/products/..;x=1/internal',
    '/products/.;/x',
    '/produ\xdfts',
    '/products?a=\\',
    '/nothing/../products',
    '/nothing#x',
  ])('returns ambiguous for %j', (target) => {
    expect(findProxyRoute(target)).toBe('ambiguous');
  });

  it('returns a route only for targets below its prefix, also after another party has normalised the path', () => {
    const unit = fc.constantFrom(
      ...['/products', '/orders', '/auth', '/users', '/me', '/.well-known', '/internal', '/', '.', '..', ';', '?', '#'],
      ...['%2e', '%2f', '%5c', '\\', '%70', 'x', 'X', '//', '%', '%00', ':', '@', ' ', '\u00e9'],
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (target) => {
        const route = findProxyRoute(target);
        if (route === undefined || route === 'ambiguous') return;
        const { host, pathname } = new URL(target, 'http://service');
        const segments = decodeURIComponent(pathname).replaceAll('\\', '/').split('/');
        const own = proxyRoutes.filter(({ service }) => service === route.service);
        expect(host).toBe('service');
        expect(segments).not.toContain('..');
        expect(own.some(({ prefix }) => `${segments.join('/')}/`.startsWith(`${prefix}/`))).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
