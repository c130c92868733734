import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { readConfig } from './config.ts';
import { DatabaseSettings } from './database-settings.ts';
import { JwksSettings } from './jwks-settings.ts';
import { databaseConfig, serverConfig } from './server-config.ts';
import { ServerSettings } from './server-settings.ts';
import { withKeyRules } from './setting-rules.ts';

const Settings = withKeyRules(z.object(ServerSettings));
const env = { PORT: '4001' };
const inProduction = { NODE_ENV: 'production', REVOCATIONS: 'none', REPLICAS: '1' };

describe('serverConfig', () => {
  it('uses the key document in AUTH_KEYS', () => {
    expect(serverConfig(readConfig(Settings, { ...env, AUTH_KEYS: '{}' })).keys).toEqual({
      text: '{}',
      production: false,
    });
  });

  it('uses the path in AUTH_KEYS_FILE', () => {
    expect(serverConfig(readConfig(Settings, { ...env, AUTH_KEYS_FILE: '/k' }))).toEqual({
      production: false,
      port: 4001,
      host: '127.0.0.1',
      admin: { port: 4101, host: '127.0.0.1' },
      drainDelayMs: 1000,
      keepAliveMs: 620_000,
      log: { level: 'info', format: 'auto' },
      revocations: { url: undefined, staleAfterSeconds: 10 },
      rememberedTokens: 10_000,
      keys: { file: '/k', production: false },
      redis: undefined,
      jwks: undefined,
    });
  });

  it('uses the Redis of REDIS_URL', () => {
    const read = (REDIS_URL: string) =>
      serverConfig(readConfig(Settings, { ...env, AUTH_KEYS: '{}', REDIS_URL })).redis;
    expect(read('rediss://a:b@redis:6380/1')).toEqual({ url: 'rediss://a:b@redis:6380/1' });
    for (const url of ['redis', 'http://redis:6379', 'redis://']) expect(() => read(url)).toThrow('REDIS_URL is not');
  });

  it('refuses more than one replica in production without REDIS_URL, and names the setting', () => {
    const read = (more: object) =>
      readConfig(Settings, { ...env, AUTH_KEYS: '{}', REVOCATIONS: 'none', REPLICAS: '2', ...more });
    expect(() => read({ NODE_ENV: 'production' })).toThrow('REDIS_URL must be set for more than one of REPLICAS');
    expect(() => read({ NODE_ENV: 'production', REPLICAS: '1' })).not.toThrow();
    expect(() => read({ NODE_ENV: 'production', REDIS_URL: 'redis://redis' })).not.toThrow();
    expect(() => read({})).not.toThrow();
  });

  it('requires REPLICAS in production without Redis, for a service that others call', () => {
    const settings = { ...env, AUTH_KEYS: '{}', NODE_ENV: 'production', REVOCATIONS: 'none' };
    const called = withKeyRules(z.object({ ...ServerSettings, ...JwksSettings }));
    const read = (more: object) => readConfig(called, { ...settings, ...more });
    expect(() => read({})).toThrow('REPLICAS is required in production without REDIS_URL');
    expect(read({ REPLICAS: '1' }).REPLICAS).toBe(1);
    expect(() => read({ REDIS_URL: 'redis://redis' })).not.toThrow();
    expect(() => read({ NODE_ENV: 'development' })).not.toThrow();
    const uncalled = withKeyRules(z.object({ ...ServerSettings, ...JwksSettings }), { takesCalls: false });
    expect(() => readConfig(uncalled, settings)).not.toThrow();
  });

  it('uses the public keys of AUTH_JWKS_URL', () => {
    const Verifier = withKeyRules(z.object({ ...ServerSettings, ...JwksSettings }));
    const read = (more: object) => serverConfig(readConfig(Verifier, { ...env, AUTH_KEYS: '{}', ...more })).jwks;
    const url = 'https://auth.example/.well-known/jwks.json';
    expect(read({})).toBeUndefined();
    expect(read({ AUTH_JWKS_URL: url })).toEqual({ url, freshForSeconds: 300, staleForSeconds: 86_400 });
    expect(read({ AUTH_JWKS_URL: 'http://user:4001/jwks' })?.url).toBe('http://user:4001/jwks');
    expect(read({ ...inProduction, AUTH_JWKS_URL: 'http://127.0.0.1:4001/jwks' })).toBeDefined();
    expect(() => read({ ...inProduction, AUTH_JWKS_URL: 'http://user:4001/jwks' })).toThrow(
      'AUTH_JWKS_URL must be https in production',
    );
    expect(() => read({ AUTH_JWKS_URL: 'https://ada:hunter2@auth.example/' })).toThrow('AUTH_JWKS_URL is not');
    expect(() => read({ AUTH_JWKS_URL: url, AUTH_JWKS_STALE_SECONDS: '10' })).toThrow(
      'AUTH_JWKS_STALE_SECONDS must be AUTH_JWKS_FRESH_SECONDS or more',
    );
  });

  it.each([
    ['none'],
    ['file:/var/lib/auth/revocations.log'],
    ['file:///var/lib/auth/revocations.log'],
    ['redis://redis:6379/0'],
    ['rediss://user:secret@redis?stream=mine'],
  ])('accepts %s as REVOCATIONS', (url) => {
    const settings = { ...env, ...inProduction, AUTH_KEYS: '{}', REVOCATIONS: url, REVOCATIONS_STALE_SECONDS: '30' };
    expect(serverConfig(readConfig(Settings, settings)).revocations).toEqual({ url, staleAfterSeconds: 30 });
  });

  it.each([
    'None',
    'feed.log',
    '/feed.log',
    'file:feed.log',
    'file:/dir/',
    'file://host/feed',
    'redis:',
    'http://hunter2@redis',
  ])('refuses %s as REVOCATIONS, and does not repeat it', (url) => {
    const read = () => readConfig(Settings, { ...env, AUTH_KEYS: '{}', REVOCATIONS: url });
    expect(read).toThrow(/REVOCATIONS is not none, file:\/path, redis:\/\/host or rediss:\/\/host/);
    expect(read).not.toThrow(/hunter2/);
  });

  it('requires REVOCATIONS in production', () => {
    const settings = { ...env, NODE_ENV: 'production', AUTH_KEYS: '{}' };
    expect(() => readConfig(Settings, settings)).toThrow(
      /REVOCATIONS must be set in production.*none to run without it/,
    );
  });

  it('is production for NODE_ENV=production alone', () => {
    const production = serverConfig(readConfig(Settings, { ...env, ...inProduction, AUTH_KEYS: '{}' }));
    expect([production.production, production.keys.production]).toEqual([true, true]);
    expect(() => readConfig(Settings, { ...env, NODE_ENV: 'Production', AUTH_KEYS: '{}' })).toThrow('NODE_ENV must be');
  });
});

describe('databaseConfig', () => {
  const url = 'postgresql://a:b@127.0.0.1/user';
  const direct = 'postgresql://a:b@10.0.0.1/user';
  const read = (env: NodeJS.ProcessEnv) =>
    databaseConfig(readConfig(z.object(DatabaseSettings), { DATABASE_URL: url, ...env }));

  it('has 10 connections by default', () => {
    expect([read({}).poolMax, read({ DATABASE_POOL_MAX: '3' }).poolMax]).toEqual([10, 3]);
  });

  it.each([
    ['the URL itself without a pooler', {}, 'none', url],
    ['none behind a pooler, unless one is given', { DATABASE_POOLER: 'transaction' }, 'transaction', undefined],
    [
      'the one that is given behind a pooler',
      { DATABASE_POOLER: 'transaction', DATABASE_DIRECT_URL: direct },
      'transaction',
      direct,
    ],
    ['the one that is given without a pooler', { DATABASE_DIRECT_URL: direct }, 'none', direct],
  ])('sets the direct URL to %s', (_case, env, pooler, directUrl) => {
    expect(read(env)).toMatchObject({ url, pooler, directUrl });
  });

  it('refuses a direct URL that is the URL of the pooler', () => {
    const env = { PORT: '4001', AUTH_KEYS: '{}', DATABASE_URL: url, DATABASE_POOLER: 'transaction' };
    const Settings = withKeyRules(z.object({ ...ServerSettings, ...DatabaseSettings }));
    expect(readConfig(Settings, { ...env, DATABASE_DIRECT_URL: direct })).toMatchObject({ DATABASE_URL: url });
    expect(() => readConfig(Settings, { ...env, DATABASE_DIRECT_URL: url })).toThrow('DATABASE_DIRECT_URL is the URL');
  });
});
