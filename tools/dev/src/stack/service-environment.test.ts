import { describe, expect, it } from '@jest/globals';
import { serviceEnvironment } from './service-environment.ts';
import type { AppName } from './services.ts';

const of = (name: AppName, databaseUrl?: string, environment = {}) =>
  serviceEnvironment(name, {
    ...{ portBase: 4000, databaseUrl, keyFile: `/keys/${name}.json` },
    ...{ dataDir: '/a folder', overrides: {}, environment },
  });

describe('serviceEnvironment', () => {
  it('tells a service where those are that it may call', () => {
    expect(of('order')).toMatchObject({ USER_URL: 'http://127.0.0.1:4001', PRODUCT_URL: 'http://127.0.0.1:4002' });
  });

  it('tells the gateway where every service is, and what browsers call it', () => {
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

  it('keeps calls on this machine from a proxy, beside what the developer excepts', () => {
    const { NO_PROXY, no_proxy } = of('order', undefined, { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.example' });
    expect([NO_PROXY, no_proxy]).toEqual(Array(2).fill('.example,127.0.0.1,localhost,::1'));
  });

  it('lets only the user app see through the gateway', () => {
    expect(of('user')['TRUSTED_PROXIES']).toBe('loopback');
    for (const name of ['product', 'order', 'gateway'] as const) expect(of(name)).not.toHaveProperty('TRUSTED_PROXIES');
  });

  it('tells one that calls nobody of no other', () => {
    expect(Object.keys(of('product')).filter((name) => name.endsWith('_URL'))).toEqual([]);
  });

  it('has a database only for a service with one', () => {
    expect(of('product')).not.toHaveProperty('DATABASE_URL');
    expect(of('product', 'postgresql://a:b@127.0.0.1/product')).toHaveProperty('DATABASE_URL');
  });

  it('gives every service the same revocation feed, in the data folder', () => {
    for (const name of ['user', 'product', 'order', 'gateway'] as const) {
      expect(of(name)['REVOCATIONS']).toBe('file:///a%20folder/revocations.log');
    }
  });

  it('leaves the feed to the developer who names one', () => {
    const environment = { REVOCATIONS: 'redis://127.0.0.1:6379' };
    expect(of('user', undefined, environment)['REVOCATIONS']).toBe(environment.REVOCATIONS);
  });
});
