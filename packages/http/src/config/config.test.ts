import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { ConfigError, readConfig } from './config.ts';
import { DatabaseSettings } from './database-settings.ts';
import { ServerSettings } from './server-settings.ts';
import { withKeyRules } from './setting-rules.ts';

const Settings = withKeyRules(
  z.object({
    ...ServerSettings,
    ...DatabaseSettings,
    ISSUER: z.url().describe('The URL that tokens name as their issuer.'),
    COST: z.string().describe('inner text').default('12'),
  }),
);
const good = {
  PORT: '4001',
  DATABASE_URL: 'postgresql://ada:hunter2@localhost:5432/user',
  ISSUER: 'https://auth.example',
  AUTH_KEYS_FILE: '/keys/user.json',
};

function refusal(env: NodeJS.ProcessEnv): ConfigError {
  try {
    readConfig(Settings, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('readConfig', () => {
  it('returns typed settings with their defaults and ignores all other variables', () => {
    expect(readConfig(Settings, { ...good, PATH: '/bin', HOME: '' })).toEqual({
      ...good,
      PORT: 4001,
      HOST: '127.0.0.1',
      KEEP_ALIVE_SECONDS: 620,
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'auto',
      REVOCATIONS_STALE_SECONDS: 10,
      REMEMBERED_TOKENS: 10_000,
      DRAIN_DELAY_MS: 1000,
      DATABASE_POOLER: 'none',
      DATABASE_POOL_MAX: 10,
      ADMIN_HOST: '127.0.0.1',
      NODE_ENV: 'development',
      COST: '12',
    });
  });

  it('ignores other variables also for a strict schema', () => {
    expect(readConfig(z.strictObject({ A: z.string() }), { A: 'a', B: 'b' })).toEqual({ A: 'a' });
  });

  it('lists every wrong setting, with the problem and the fix', () => {
    const error = refusal({ PORT: '', LOG_LEVEL: 'loud', DRAIN_DELAY_MS: '1e3', DATABASE_URL: 'mysql://h/hunter2' });
    expect(error.exitCode).toBe(78);
    expect(error.message.split('\n')).toEqual([
      '6 settings are wrong:',
      '  PORT is required. The port to listen on, such as 4001; 0 takes a free one.',
      '  LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent. The lowest level that is logged.',
      '  DRAIN_DELAY_MS must be a whole number from 0 to 5000. How long the service goes on serving after SIGTERM, in milliseconds, until load balancers have noticed.',
      '  DATABASE_URL is not a postgres URL. The database of this service: a URL such as postgresql://host:5432/name, with user and password in front of the host.',
      '  ISSUER is required. The URL that tokens name as their issuer.',
      '  AUTH_KEYS or AUTH_KEYS_FILE must be set, and not both. The key document of this service, as JSON text.',
    ]);
    expect(error.message).not.toContain('hunter2');
  });

  it('refuses AUTH_KEYS together with AUTH_KEYS_FILE', () => {
    expect(refusal({ ...good, AUTH_KEYS: '{}' }).settings.map(({ name }) => name)).toEqual(['AUTH_KEYS']);
  });

  it('treats an empty variable as missing', () => {
    expect(readConfig(Settings, { ...good, AUTH_KEYS: '', LOG_LEVEL: '' }).LOG_LEVEL).toBe('info');
  });

  it.each(['', 'localhost/user', 'postgres://', 'postgres://host', 'http://host/user', 'postgresql:user'])(
    'refuses the DATABASE_URL %j',
    (url) => {
      expect(refusal({ ...good, DATABASE_URL: url }).settings.map(({ name }) => name)).toEqual(['DATABASE_URL']);
    },
  );

  it('finds a description inside a default', () => {
    const schema = z.object({ COST: z.string().describe('inner text').min(3).default('abc') });
    expect(() => readConfig(schema, { COST: 'x' })).toThrow('COST must be at least 3 characters long');
    const piped = z.object({ COST: z.string().regex(/^\d$/).describe('One digit.').transform(Number).default(1) });
    expect(() => readConfig(piped, { COST: 'x' })).toThrow('COST has the wrong format. One digit.');
  });
});
