import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { services as tokenServices } from '@auth/contracts';
import { seedUsers } from '@auth/dev/demo/seed';
import { freePort } from '@auth/dev/postgres/free-port';
import { waitUntilReady } from '@auth/dev/stack/readiness';
import { type AppName, serviceNames, services, urlSetting } from '@auth/dev/stack/services';
import { initKeyDocuments } from '@auth/ops';
import { openTestDatabase, type TestDatabase } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

let dir: string;
let database: TestDatabase;
beforeAll(async () => {
  [dir, database] = await Promise.all([mkdtemp(join(tmpdir(), 'production-')), openTestDatabase('user')]);
  await initKeyDocuments({ dir: join(dir, 'development') });
  await initKeyDocuments({ dir: join(dir, 'plain'), issuer: 'http://auth.example.com' });
  await initKeyDocuments({ dir: join(dir, 'relabelled') });
  await initKeyDocuments({ dir: join(dir, 'relabelled'), issuer: 'https://auth.example.com' });
  await initKeyDocuments({ dir: join(dir, 'production'), issuer: 'https://auth.example.com' });
  await seedUsers(database.url);
});
afterAll(async () => {
  await Promise.all([rm(dir, { recursive: true }), database.drop()]);
});

/** Starts an app in production with the keys of a folder. */
function spawnInProduction(name: AppName, keys: string, more: Record<string, string> = {}) {
  const file = join(dir, keys, `${name}.json`);
  return spawn(process.execPath, ['--import', 'tsx', '--conditions=@auth/source', 'src/main.ts'], {
    cwd: services[name].folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: '0',
      ADMIN_PORT: '0',
      AUTH_KEYS_FILE: file,
      REVOCATIONS: 'none',
      REPLICAS: '1',
      PUBLIC_ORIGIN: 'https://shop.example.com',
      DATABASE_URL: database.url,
      ...Object.fromEntries(serviceNames.map((other) => [urlSetting(other), `http://${other}:4000`])),
      ...more,
    },
  });
}

/** Starts an app that must refuse to start, and waits for its end. */
async function startInProduction(name: AppName, keys: string, more: Record<string, string> = {}) {
  const file = join(dir, keys, `${name}.json`);
  const child = spawnInProduction(name, keys, more);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const secrets = [...(await readFile(file, 'utf8')).matchAll(/"(?:secret|d|p|q)": ?"([^"]+)"/g)].map(
    ([, s]) => s ?? '',
  );
  for (const secret of secrets) expect(`${stdout}${stderr}`).not.toContain(secret);
  return { code, stdout, lines: stderr.trimEnd().split('\n') };
}

describe('an app with NODE_ENV=production', () => {
  it.each(serviceNames)('does not start %s with development keys', async (name) => {
    const { code, stdout, lines } = await startInProduction(name, 'development');
    expect([code, stdout]).toEqual([78, '']);
    expect(lines).toEqual([
      expect.stringMatching(/: key document .* NODE_ENV=production .* AUTH_KEYS_FILE .* --issuer https:/),
    ]);
  });

  // Without the gateway, which no service calls and whose replicas share their database.
  it.each(tokenServices)('does not start %s as one of several replicas without a shared store', async (name) => {
    const { code, stdout, lines } = await startInProduction(name, 'production', { REPLICAS: '2' });
    expect([code, stdout]).toEqual([78, '']);
    expect(lines.join('\n')).toMatch(/REDIS_URL must be set for more than one of REPLICAS: .* rediss:\/\/host:6379/);
  });

  it('does not start with development keys under another issuer', async () => {
    const { code, lines } = await startInProduction('order', 'relabelled');
    expect(code).toBe(78);
    expect(lines).toEqual([
      expect.stringMatching(/kid ends in \.dev, the mark of .* NODE_ENV=production .* <new folder>/),
    ]);
  });

  it('does not start with an issuer on plain http', async () => {
    const { code, lines } = await startInProduction('product', 'plain');
    expect(code).toBe(78);
    expect(lines).toEqual([expect.stringContaining('issuer.iss is http://auth.example.com, which is not https')]);
  });

  it('does not start user on a database with demo accounts', async () => {
    const { code, stdout, lines } = await startInProduction('user', 'production');
    expect([code, stdout]).toEqual([78, '']);
    const line = expect.stringMatching(
      /^user: DATABASE_URL names a database with the demo account .* delete from users/,
    );
    expect(lines).toEqual([line, line]);
  });

  it.each([
    ['is not https', 'http://127.0.0.1:4000', /PUBLIC_ORIGIN must be https in production/],
    ['is not all there is to it', 'https://shop.example.com/shop', /PUBLIC_ORIGIN must be origins/],
  ])('does not start the gateway when its public origin %s', async (_case, PUBLIC_ORIGIN, problem) => {
    const { code, stdout, lines } = await startInProduction('gateway', 'production', { PUBLIC_ORIGIN });
    expect([code, stdout]).toEqual([78, '']);
    expect(lines.join('\n')).toMatch(problem);
  });

  it('starts the gateway without other services, with Secure cookies, and without the try-it page', async () => {
    const [own, port] = await Promise.all([openTestDatabase('gateway'), freePort()]);
    const gateway = spawnInProduction('gateway', 'production', { DATABASE_URL: own.url, PORT: String(port) });
    const ended = once(gateway, 'exit');
    const output = Promise.all([text(gateway.stdout), text(gateway.stderr)]);
    const url = `http://127.0.0.1:${port}`;
    const isUp = () => gateway.exitCode === null && gateway.signalCode === null;
    const readiness = await waitUntilReady(`${url}/readyz`, { isUp, timeoutMs: 60_000 });
    const answer = await fetch(`${url}/session`, {
      method: 'DELETE',
      headers: { origin: 'https://shop.example.com' },
    });
    const page = await fetch(`${url}/`);
    gateway.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await own.drop();
    expect([readiness, answer.status, (await output)[1]]).toEqual(['ready', 204, '']);
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-session=;.*; Secure/);
    expect(page.status).toBe(404);
  }, 90_000);
});
