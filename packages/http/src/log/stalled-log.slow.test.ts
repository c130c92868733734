import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';

const fixture = fileURLToPath(new URL('../server/serve.fixture.ts', import.meta.url));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts a service whose output is not read yet; `out` and `err` as for `spawn`. */
async function startService(out: 'pipe' | number = 'pipe', err: 'pipe' | number = 'pipe') {
  const port = await freePort();
  const args = ['--import', 'tsx', '--conditions=@auth/source', fixture];
  const env = { PATH: process.env['PATH'], PORT: String(port), DRAIN_DELAY_MS: '0', TEST_CASE: 'admin port' };
  const adminPort = await freePort();
  const child = spawn(process.execPath, args, {
    env: { ...env, ADMIN_PORT: String(adminPort) },
    stdio: ['ignore', out, err],
  });
  started.push(child);
  const url = `http://127.0.0.1:${port}`;
  while (!(await isUp(url)));
  return { child, url, admin: `http://127.0.0.1:${adminPort}`, ended: once(child, 'exit') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const isUp = (url: string) =>
  fetch(`${url}/livez`).then(
    () => true,
    () => new Promise<boolean>((resolve) => setTimeout(resolve, 50, false)),
  );

/** Causes more log lines than a pipe, a reader's buffer and the bound of the log hold together. */
async function logMuch(url: string): Promise<void> {
  const path = `/${'x'.repeat(12_000)}`;
  for (let count = 0; count < 500; count += 1) {
    const { status } = await fetch(url + path, { signal: AbortSignal.timeout(5000) });
    expect(status).toBe(404);
  }
  await fetch(`${url}/audit`, { method: 'POST' });
}

async function dropped(admin: string): Promise<number> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return Number(/^log_lines_dropped_total\{.*\} (\d+)$/m.exec(text)?.[1]);
}

async function expectServing(url: string): Promise<void> {
  const { status } = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(2000) });
  expect(status).toBe(200);
}

/** Stops the service with SIGTERM: exit 0, long before it would be killed. */
async function expectToStop({ child, ended }: { child: ChildProcess; ended: Promise<unknown[]> }): Promise<void> {
  const sent = performance.now();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - sent).toBeLessThan(8000);
}

describe('a service whose log', () => {
  it('is not read keeps answering, counts the dropped lines, and stops on SIGTERM', async () => {
    const service = await startService();
    await logMuch(service.url);
    await expectServing(service.url);
    expect(await dropped(service.admin)).toBeGreaterThan(50);
    await expectToStop(service);
  }, 60_000);

  it('is read again logs how many lines were dropped, and has kept the audit lines', async () => {
    const service = await startService();
    await logMuch(service.url);
    const lost = await dropped(service.admin);
    let text = '';
    service.child.stdout?.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk);
    });
    while (!text.includes('of this log were dropped')) await once(service.child.stdout ?? service.child, 'data');
    const lines = text
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', lines: lost }));
    expect(lines).toContainEqual(expect.objectContaining({ audit: { event: 'login', outcome: 'ok' } }));
    await expectServing(service.url);
    await expectToStop(service);
  }, 60_000);

  it('and whose stderr have lost their readers keeps answering, and stops on SIGTERM', async () => {
    const service = await startService();
    service.child.stdout?.destroy();
    service.child.stderr?.destroy();
    await fetch(`${service.url}/audit`, { method: 'POST' });
    await logMuch(service.url);
    await expectServing(service.url);
    expect(await dropped(service.admin)).toBeGreaterThan(400);
    await expectToStop(service);
  }, 60_000);

  (existsSync('/dev/full') ? it : it.skip)(
    'is on a full disk keeps answering, and stops on SIGTERM',
    async () => {
      const full = openSync('/dev/full', 'w');
      const service = await startService(full, full);
      closeSync(full);
      await logMuch(service.url);
      await expectServing(service.url);
      expect(await dropped(service.admin)).toBeGreaterThan(50);
      await expectToStop(service);
    },
    60_000,
  );
});
