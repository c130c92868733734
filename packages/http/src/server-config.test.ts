import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { readConfig } from './config.ts';
import { serverConfig } from './server-config.ts';
import { requireOneKeySource, ServerSettings } from './server-settings.ts';

const Settings = requireOneKeySource(z.object(ServerSettings));
const env = { PORT: '4001', DATABASE_URL: 'postgresql://a:b@127.0.0.1/user' };

describe('serverConfig', () => {
  it('takes the key document from its text', () => {
    expect(serverConfig(readConfig(Settings, { ...env, AUTH_KEYS: '{}' })).keys).toEqual({
      ...{ text: '{}', production: false },
    });
  });

  it('takes the key document from a file', () => {
    expect(serverConfig(readConfig(Settings, { ...env, AUTH_KEYS_FILE: '/k' }))).toEqual({
      production: false,
      port: 4001,
      host: '127.0.0.1',
      admin: { port: 4101, host: '127.0.0.1' },
      drainDelayMs: 1000,
      log: { level: 'info', format: 'auto' },
      database: { url: env.DATABASE_URL, poolMax: 10 },
      keys: { file: '/k', production: false },
    });
  });

  it('knows production by its name alone', () => {
    const production = serverConfig(readConfig(Settings, { ...env, NODE_ENV: 'production', AUTH_KEYS: '{}' }));
    expect([production.production, production.keys.production]).toEqual([true, true]);
    expect(() => readConfig(Settings, { ...env, NODE_ENV: 'Production', AUTH_KEYS: '{}' })).toThrow('NODE_ENV must be');
  });
});
