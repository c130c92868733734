import { wrongSettings as namesOfWrong } from '@auth/devstack/app-testing';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from './config.ts';

const good = {
  ...{ PORT: '4003', DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/order', AUTH_KEYS_FILE: '/keys/order.json' },
  ...{ PRODUCT_URL: 'http://product:4002', USER_URL: 'https://user.internal' },
};

const wrongSettings = (env: NodeJS.ProcessEnv) => namesOfWrong(() => parseConfig(env));

describe('the settings of order', () => {
  it('hold where product and user are', () => {
    expect(parseConfig(good)).toMatchObject({ productUrl: 'http://product:4002', userUrl: 'https://user.internal' });
  });

  it('lack both without a default', () => {
    expect(wrongSettings({ ...good, PRODUCT_URL: '', USER_URL: undefined })).toEqual(['PRODUCT_URL', 'USER_URL']);
  });

  it.each([
    ...['product', 'product:4002', '//product:4002', 'ftp://product', 'http://product:4002/api', 'http://product?x=1'],
    ...['http://user:secret@product:4002', 'http://product#x'],
  ])('refuse %s', (url) => {
    expect(wrongSettings({ ...good, PRODUCT_URL: url })).toEqual(['PRODUCT_URL']);
  });
});
