import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { listen } from '../server/listen.ts';
import { createReadiness } from '../server/readiness.ts';
import { readConfig } from './config.ts';
import { ListenSettings } from './listen-settings.ts';
import { ServerSettings } from './server-settings.ts';
import { withKeyRules } from './setting-rules.ts';

const read = (env: NodeJS.ProcessEnv) => readConfig(z.object(ListenSettings), { PORT: '4001', ...env });
const readAll = (env: NodeJS.ProcessEnv) =>
  readConfig(withKeyRules(z.object(ServerSettings)), { AUTH_KEYS: '{}', ...env });

describe('HOST and ADMIN_HOST', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['::', '::'],
    ['[::]', '::'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
    ['0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:1'],
    ['localhost', 'localhost'],
    ['LOCALHOST', 'LOCALHOST'],
  ])('accepts %s, and a server can listen on it', async (given, host) => {
    expect([read({ HOST: given }).HOST, read({ ADMIN_HOST: given }).ADMIN_HOST]).toEqual([host, host]);
    const options = { port: 0, host, readiness: createReadiness({}), drainDelayMs: 0 };
    const { url, drain } = await listen((_req, res) => void res.end('here'), options);
    expect(await (await fetch(url)).text()).toBe('here');
    await drain();
  });

  it.each(['fe80::1%eth0', 'my-host', 'my_host.internal', 'a.b.example.', '3com.example', 'xn--e1afmkfd'])(
    'takes %s',
    (host) => {
      expect(read({ HOST: host }).HOST).toBe(host);
    },
  );

  it.each([
    'http://127.0.0.1',
    '127.0.0.1:4001',
    '[::1]:4001',
    'localhost:4001',
    '[127.0.0.1',
    '::1]',
    '*',
    'a b',
    'a/b',
    // The system's resolver would take these for IPv4 addresses, 0 for all of them.
    '0',
    '127.1',
    '2130706433',
    '0x7f000001',
    '127.0.0.0x1',
    '1.2.3.4.5',
    '256.0.0.1',
    '1.2.3.4.',
    '-a',
    'a-',
    'a..b',
    '.a',
    'é.example',
    `${'a'.repeat(64)}.example`,
    '10.0.0.0/8',
    '$HOST',
  ])('refuse %s', (host) => {
    expect(() => read({ HOST: host })).toThrow(/HOST is not an IP address or a host name: no scheme, no port\. The /);
    expect(() => read({ ADMIN_HOST: host })).toThrow('ADMIN_HOST is not an IP address');
  });
});

describe('PORT and ADMIN_PORT', () => {
  it.each([
    [{ PORT: '4001', ADMIN_PORT: '4001' }, 'ADMIN_PORT must differ from PORT. The port of /metrics'],
    [{ PORT: '65500' }, 'ADMIN_PORT must be set: PORT + 100 is no port. The port of /metrics'],
    [{ PORT: '4001', ADMIN_PORT: '4001', HOST: 'a b' }, 'ADMIN_PORT must differ from PORT'],
  ])('refuse %j', (env, message) => {
    expect(() => readAll(env)).toThrow(message);
  });

  it.each([
    { PORT: '0' },
    { PORT: '0', ADMIN_PORT: '0' },
    { PORT: '4001', ADMIN_PORT: '0' },
    { PORT: '65500', ADMIN_PORT: '65501' },
    { PORT: '65435' },
  ])('take %j', (env) => {
    expect(() => readAll(env)).not.toThrow();
  });
});

describe('KEEP_ALIVE_SECONDS', () => {
  it('is by default longer than common proxies keep a connection', () => {
    expect([read({}).KEEP_ALIVE_SECONDS, read({ KEEP_ALIVE_SECONDS: '3700' }).KEEP_ALIVE_SECONDS]).toEqual([620, 3700]);
    for (const wrong of ['0', '-1', '1.5', '7201']) {
      expect(() => read({ KEEP_ALIVE_SECONDS: wrong })).toThrow('KEEP_ALIVE_SECONDS must be a whole number');
    }
  });
});
