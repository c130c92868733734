import { wrongSettings as namesOfWrong } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from './config.ts';

const good = {
  PORT: '4003',
  DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/order',
  AUTH_KEYS_FILE: '/keys/order.json',
  PRODUCT_URL: 'http://product:4002',
  USER_URL: 'https://user.internal',
};

const wrongSettings = (env: NodeJS.ProcessEnv) => namesOfWrong(() => parseConfig(env));

describe('the settings of order', () => {
  it('contain the origins of product and user', () => {
    expect(parseConfig(good)).toMatchObject({ productUrl: 'http://product:4002', userUrl: 'https://user.internal' });
  });

  it('have no default origins', () => {
    expect(wrongSettings({ ...good, PRODUCT_URL: '', USER_URL: undefined })).toEqual(['PRODUCT_URL', 'USER_URL']);
  });

  it.each([
    ['a slash at the end', 'http://product:4002/', 'http://product:4002'],
    ['capitals', 'HTTP://Product.Internal:4002', 'http://product.internal:4002'],
    ['the usual port', 'https://product:443', 'https://product'],
    ['an IPv6 address', 'http://[2001:DB8:0::1]:4002/', 'http://[2001:db8::1]:4002'],
  ])('normalise an origin with %s', (_what, url, productUrl) => {
    expect(parseConfig({ ...good, PRODUCT_URL: url })).toMatchObject({ productUrl });
  });

  it.each([
    'http://product:0',
    'http://product:99999',
    'http://',
    'http://product:4002/?',
    'http://@product',
    'http:/product/x',
    'product',
    'product:4002',
    '//product:4002',
    'ftp://product',
    'http://product:4002/api',
    'http://product?x=1',
    'http://user:secret@product:4002',
    'http://product#x',
  ])('reject %s', (url) => {
    expect(wrongSettings({ ...good, PRODUCT_URL: url })).toEqual(['PRODUCT_URL']);
  });
});
