import { wrongSettings as namesOfWrong } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from './config.ts';

const good = {
  PORT: '4000',
  DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/gateway',
  AUTH_KEYS_FILE: '/keys/gateway.json',
  USER_URL: 'http://user:4001',
  PRODUCT_URL: 'http://product:4002',
  ORDER_URL: 'http://order:4003',
  PUBLIC_ORIGIN: 'https://shop.example',
};

const wrongSettings = (env: NodeJS.ProcessEnv) => namesOfWrong(() => parseConfig(env));

describe('parseConfig', () => {
  it('reads the public origins and the origins of the services', () => {
    expect(parseConfig(good)).toMatchObject({
      publicOrigins: ['https://shop.example'],
      corsOrigins: [],
      secureCookie: true,
      upstreams: { user: 'http://user:4001', product: 'http://product:4002', order: 'http://order:4003' },
    });
  });

  it.each(['USER_URL', 'PRODUCT_URL', 'ORDER_URL'])('normalises a slash at the end and capitals of %s', (name) => {
    const { upstreams } = parseConfig({ ...good, [name]: 'HTTP://Service.Internal:4009/' });
    expect(Object.values(upstreams)).toContain('http://service.internal:4009');
  });

  it.each(['http://user:4001/api', 'http://me:secret@user:4001', 'http://user:4001?x=1', 'user:4001', 'http://user:0'])(
    'refuses %s as the origin of a service',
    (url) => {
      expect(wrongSettings({ ...good, USER_URL: url })).toEqual(['USER_URL']);
    },
  );

  it('refuses an empty value for every required origin', () => {
    const none = { PUBLIC_ORIGIN: '', USER_URL: '', PRODUCT_URL: '', ORDER_URL: '' };
    expect(wrongSettings({ ...good, ...none }).sort()).toEqual(Object.keys(none).sort());
  });

  it('accepts several replicas without Redis', () => {
    expect(wrongSettings({ ...good, NODE_ENV: 'production', REVOCATIONS: 'none', REPLICAS: '3' })).toEqual([]);
  });

  it('refuses PAGE_DIR in production', () => {
    const env = { ...good, PAGE_DIR: '/page', REVOCATIONS: 'none', REPLICAS: '1' };
    expect(parseConfig(env)).toMatchObject({ pageFolder: '/page' });
    expect(wrongSettings({ ...env, NODE_ENV: 'production' })).toEqual(['PAGE_DIR']);
  });

  it('accepts plain http only for this machine, and not in production', () => {
    const local = { ...good, PUBLIC_ORIGIN: 'http://127.0.0.1:4000, http://localhost:4000' };
    expect(parseConfig(local)).toMatchObject({
      publicOrigins: expect.arrayContaining(['http://localhost:4000']),
      secureCookie: false,
      publicPort: 4000,
    });
    expect(wrongSettings({ ...local, NODE_ENV: 'production', REVOCATIONS: 'none' })).toEqual(['PUBLIC_ORIGIN']);
  });

  it.each([
    'shop.example',
    'https://shop.example/',
    'https://shop.example/app',
    'ftp://shop.example',
    'https://u:p@shop.example',
    'http://shop.example',
    'http://localhost.evil.example',
    'https://shop.example,http://localhost',
    'null',
    '*',
    ',',
  ])('refuses %s as the origin of the gateway', (origin) => {
    expect(wrongSettings({ ...good, PUBLIC_ORIGIN: origin })).toEqual(['PUBLIC_ORIGIN']);
  });

  it.each([
    '*',
    'null',
    'https://*.example',
    'admin.example',
    'https://admin.example/',
    'https://Admin.example',
    'http://admin.example',
  ])('refuses %s as a trusted origin', (origin) => {
    expect(wrongSettings({ ...good, CORS_ORIGINS: origin })).toEqual(['CORS_ORIGINS']);
  });
});
