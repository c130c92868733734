import { describe, expect, it } from '@jest/globals';
import { serviceEnvironment } from './service-environment.ts';
import type { AppName } from './services.ts';

const of = (name: AppName, databaseUrl?: string, environment = {}) =>
  serviceEnvironment(name, {
    portBase: 4000,
    databaseUrl,
    keyFile: `/keys/${name}.json`,
    dataDir: '/a folder',
    overrides: {},
    environment,
  });

describe('serviceEnvironment', () => {
  it('contains the URLs of the services that a service may call', () => {
    expect(of('order')).toMatchObject({ USER_URL: 'http://127.0.0.1:4001', PRODUCT_URL: 'http://127.0.0.1:4002' });
  });

  it('contains the URL of every service and the public origin, for the gateway', () => {
    expect(of('gateway')).toMatchObject({
      PORT: '4000',
      USER_URL: 'http://127.0.0.1:4001',
      PRODUCT_URL: 'http://127.0.0.1:4002',
      ORDER_URL: 'http://127.0.0.1:4003',
      PUBLIC_ORIGIN: 'http://127.0.0.1:4000,http://localhost:4000',
    });
    expect(of('order')).not.toHaveProperty('PUBLIC_ORIGIN');
    expect(of('order')).not.toHaveProperty('PAGE_DIR');
  });

  it('excludes this machine from a proxy, beside the exceptions of the developer', () => {
    const { NO_PROXY, no_proxy } = of('order', undefined, { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.example' });
    expect([NO_PROXY, no_proxy]).toEqual(Array(2).fill('.example,127.0.0.1,localhost,::1'));
  });

  it('makes only the user app trust the gateway as a proxy', () => {
    expect(of('user')['TRUSTED_PROXIES']).toBe('loopback');
    for (const name of ['product', 'order', 'gateway'] as const) expect(of(name)).not.toHaveProperty('TRUSTED_PROXIES');
  });

  it('contains no URL for a service that calls no other', () => {
    expect(Object.keys(of('product')).filter((name) => name.endsWith('_URL'))).toEqual([]);
  });

  it('has a database only for a service with one', () => {
    expect(of('product')).not.toHaveProperty('DATABASE_URL');
    expect(of('product', 'postgresql://a:b@127.0.0.1/product')).toHaveProperty('DATABASE_URL');
  });

  it('contains the same revocation feed for every service, in the data folder', () => {
    for (const name of ['user', 'product', 'order', 'gateway'] as const) {
      expect(of(name)['REVOCATIONS']).toBe('file:///a%20folder/revocations.log');
    }
  });

  it('uses the feed that the developer names', () => {
    const environment = { REVOCATIONS: 'redis://127.0.0.1:6379' };
    expect(of('user', undefined, environment)['REVOCATIONS']).toBe(environment.REVOCATIONS);
  });
});
