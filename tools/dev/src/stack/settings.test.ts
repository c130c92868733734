import { describe, expect, it } from '@jest/globals';
import { LaunchError } from './launch-error.ts';
import { repositoryRoot } from './services.ts';
import { readSettings } from './settings.ts';

const refusal = (env: Record<string, string>): LaunchError => {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof LaunchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('readSettings', () => {
  it('needs no variable', () => {
    expect(readSettings({})).toEqual({
      portBase: 4000,
      dataDir: `${repositoryRoot}/.data`,
      databaseUrls: {},
      pooling: { pooler: 'none', directUrls: {} },
      environment: {},
    });
  });

  it('treats an empty variable as absent', () => {
    expect(readSettings({ PORT_BASE: '', DATA_DIR: '', DATABASE_URL_USER: '' })).toMatchObject({
      portBase: 4000,
      databaseUrls: {},
    });
  });

  it('resolves a relative DATA_DIR from the checkout, and keeps an absolute one', () => {
    expect(readSettings({ DATA_DIR: '.data-2' }).dataDir).toBe(`${repositoryRoot}/.data-2`);
    expect(readSettings({ DATA_DIR: '/srv/data' }).dataDir).toBe('/srv/data');
  });

  it('removes its own variables from the environment of the services', () => {
    const own = { PORT: '1', AUTH_KEYS: '{}', DATABASE_URL: 'x', PORT_BASE: '5000', USER_URL: 'x', NO_COLOR: '1' };
    const ofGateway = { PUBLIC_ORIGIN: 'https://shop.example', DATABASE_URL_GATEWAY: 'postgresql://db/gateway' };
    expect(readSettings({ ...own, ...ofGateway, PATH: '/bin', LOG_LEVEL: 'debug' }).environment).toEqual({
      PATH: '/bin',
      LOG_LEVEL: 'debug',
    });
  });

  it.each(['80', '65401', '4000.5', 'abc', '-4000', '0x1000', '1e4', '6000', '5059', '4044'])(
    'refuses PORT_BASE=%s',
    (value) => {
      expect(refusal({ PORT_BASE: value })).toMatchObject({
        exitCode: 78,
        message: expect.stringContaining('PORT_BASE=5000'),
      });
    },
  );

  it.each([
    ['no URL', 'postgresql://name:s3cret@:port', 'is not a URL'],
    ['another database', 'mysql://name:s3cret@host/db', 'only Postgres is supported'],
    ['no database name', 'postgresql://name:s3cret@host', 'names no database'],
    ['no host', 'postgresql:///db?password=s3cret', 'names no host'],
  ])('refuses a database URL with %s, without showing the password', (_case, url, reason) => {
    const { message, exitCode } = refusal({ DATABASE_URL_ORDER: url });
    expect(message).toContain(reason);
    expect(message).toContain('DATABASE_URL_ORDER');
    expect(message).not.toContain('s3cret');
    expect(exitCode).toBe(78);
  });

  it('reads the pooler of the databases, and does not apply it to services with a database of their own', () => {
    const direct = 'postgresql://a:b@db/user';
    const env = { DATABASE_POOLER: 'transaction', DATABASE_DIRECT_URL_USER: direct, DATABASE_DIRECT_URL: 'x' };
    expect(readSettings(env)).toMatchObject({
      pooling: { pooler: 'transaction', directUrls: { user: direct } },
      environment: {},
    });
    expect(refusal({ DATABASE_POOLER: 'session' })).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('DATABASE_POOLER'),
    });
  });

  it('refuses a database URL with an unsupported parameter', () => {
    const url = 'postgresql://a:s3cret@db/order?channel_binding=require';
    expect(refusal({ DATABASE_URL_ORDER: url })).toMatchObject({
      exitCode: 78,
      message: expect.stringMatching(/^DATABASE_URL_ORDER: .*channel_binding/),
    });
  });

  it('refuses one database for two services, also with the default port written in one of the URLs', () => {
    const env = { DATABASE_URL_USER: 'postgres://a:b@db/shop', DATABASE_URL_ORDER: 'postgresql://c:d@db:5432/shop' };
    expect(refusal(env).message).toContain('DATABASE_URL_USER and DATABASE_URL_ORDER name the same database');
  });

  it('refuses NODE_ENV=production', () => {
    expect(refusal({ NODE_ENV: 'production' })).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('Unset NODE_ENV'),
    });
  });
});
