import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openPlainProgram, type PlainProgram } from '@auth/testkit';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';

let fixture: PlainProgram;
beforeAll(async () => {
  fixture = await openPlainProgram(fileURLToPath(new URL('./serve.fixture.ts', import.meta.url)));
});
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

type Line = { level: string; msg: string; err?: { message: string } };

/** Starts the fixture as a process; `logged` waits for a line of its log. */
function startProcess(env: Readonly<Record<string, string>>) {
  const child = fixture({ env: { PATH: '/usr/bin:/bin', ...env } });
  children.push(child);
  const lines: Line[] = [];
  const input = createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  const errors = text(child.stderr);
  const exited = once(child, 'exit');
  return {
    child,
    lines,
    async logged(start: string): Promise<string> {
      for (;;) {
        const found = lines.find(({ msg }) => msg.startsWith(start));
        if (found !== undefined) return found.msg;
        await Promise.race([
          once(input, 'line'),
          exited.then(() => Promise.reject(new Error(`exited before "${start}"`))),
        ]);
      }
    },
    async ended(): Promise<{ code: unknown; signal: unknown; stderr: string }> {
      const [code, signal] = await exited;
      return { code, signal, stderr: await errors };
    },
  };
}

async function startService(env: Readonly<Record<string, string>> = {}) {
  const service = startProcess({ PORT: '0', DRAIN_DELAY_MS: '0', ...env });
  const line = await service.logged('listening on ');
  return { ...service, url: line.replace('listening on ', '') };
}

const messages = (lines: readonly Line[]) =>
  lines.map(({ msg }) => msg.replace(/http.*$/, '').replace(/ [\d.]+ ms$/, ''));

describe('runService when starting', () => {
  it('names every wrong setting without a stack and exits 78', async () => {
    const { code, stderr } = await startProcess({ DRAIN_DELAY_MS: 'x' }).ended();
    expect(code).toBe(78);
    expect(stderr.split('\n')).toEqual([
      'order: 2 settings are wrong:',
      expect.stringMatching(/^order: {3}PORT is required\./),
      expect.stringMatching(/^order: {3}DRAIN_DELAY_MS must be a whole number/),
      '',
    ]);
  });

  it('names the port that is in use and exits 1', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { code, stderr } = await startProcess({ PORT: port }).ended();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `order: port ${port} on 127.0.0.1 is in use. Stop the process that holds it, or set PORT to another port.\n`,
    );
    holder.close();
  });

  it('names the setting of the admin port when that is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const env = { PORT: '0', ADMIN_PORT: port, TEST_CASE: 'admin' };
    const { code, stderr } = await startProcess(env).ended();
    expect([code, stderr]).toEqual([
      1,
      `order: port ${port} on 127.0.0.1 is in use. Stop the process that holds it, or set ADMIN_PORT to another port.\n`,
    ]);
    holder.close();
  });

  it('names a host that does not exist, without a stack', async () => {
    const { code, stderr } = await startProcess({ PORT: '0', HOST: 'no-such-host.invalid' }).ended();
    expect(code).toBe(1);
    expect(stderr).toBe(
      'order: HOST names no-such-host.invalid, which is not an address of this machine. Set it to one, such as 127.0.0.1.\n',
    );
  });

  it('names an address of another machine, without a stack', async () => {
    const { stderr } = await startProcess({ PORT: '0', HOST: '192.0.2.1' }).ended();
    expect(stderr).toMatch(
      /^order: 192\.0\.2\.1 is not an address of this machine\. Set HOST to one, such as 127\.0\.0\.1\.\n$/,
    );
  });

  it('shows the stack of a bug, without secrets, and exits 1', async () => {
    const { code, stderr } = await startProcess({ PORT: '0', TEST_CASE: 'bug' }).ended();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^order: TypeError: a bug at postgres:\/\/ada:\[redacted\]@db\/x\norder: {5}at /);
  });
});

describe('runService when asked to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('drains, closes and exits 0 on %s', async (signal) => {
    const { child, lines, ended } = await startService();
    child.kill(signal);
    expect(await ended()).toEqual({ code: 0, signal: null, stderr: '' });
    expect(messages(lines)).toEqual(['listening on ', `${signal}: draining`, 'closed', 'stopped']);
  });

  it('finishes the running request before it closes', async () => {
    const { child, lines, ended, logged, url } = await startService();
    const answer = fetch(`${url}/slow`);
    await logged('slow request arrived');
    child.kill('SIGTERM');
    await logged('SIGTERM');
    child.stdin.write('answer\n');
    expect(await (await answer).json()).toEqual({ done: true });
    expect((await ended()).code).toBe(0);
    expect(messages(lines).slice(-3)).toEqual(['GET /slow 200', 'closed', 'stopped']);
  });

  it('exits 1 at once on a second signal', async () => {
    const { child, lines, ended, logged, url } = await startService();
    fetch(`${url}/slow`).catch(() => {});
    await logged('slow request arrived');
    child.kill('SIGTERM');
    await logged('SIGTERM');
    child.kill('SIGINT');
    expect((await ended()).code).toBe(1);
    expect(messages(lines)).not.toContain('closed');
  });

  it.each([
    ['fails', { level: 'error', msg: 'stopping failed', err: { message: 'pool is stuck' } }],
    ['hangs', { level: 'fatal', msg: 'not stopped in time: exiting' }],
  ])('exits 1 when closing %s', async (outcome, line) => {
    const { child, lines, ended } = await startService({ TEST_CASE: `close ${outcome}` });
    child.kill('SIGTERM');
    expect((await ended()).code).toBe(1);
    expect(lines.at(-1)).toMatchObject(line);
  });
});

describe('runService with an admin port', () => {
  it('closes the admin port last: metrics and /readyz answer while the last request runs', async () => {
    const { child, ended, logged, url: both } = await startService({ TEST_CASE: 'admin' });
    const [url = '', admin = ''] = both.split(', admin on ');
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    const answer = fetch(`${url}/slow`);
    await logged('slow request arrived');
    child.kill('SIGTERM');
    await logged('SIGTERM');
    const refused = () =>
      fetch(`${url}/livez`, { headers: { connection: 'close' } }).then(
        () => false,
        () => true,
      );
    while (!(await refused()));
    expect((await fetch(`${admin}/metrics`)).status).toBe(200);
    expect((await fetch(`${admin}/readyz?verbose`)).status).toBe(503);
    child.stdin.write('answer\n');
    expect(await (await answer).json()).toEqual({ done: true });
    expect(await ended()).toEqual({ code: 0, signal: null, stderr: '' });
    await expect(fetch(`${admin}/metrics`)).rejects.toThrow();
  });
});

describe('runService on a fault', () => {
  it.each([
    ['reject', 'unhandledRejection', 'not handled'],
    ['throw', 'uncaughtException', 'not caught'],
  ])('logs the fault, drains and exits 1 (POST /%s)', async (path, origin, message) => {
    const { lines, ended, url } = await startService();
    await fetch(`${url}/${path}`, { method: 'POST' });
    expect((await ended()).code).toBe(1);
    expect(lines.find(({ level }) => level === 'fatal')).toMatchObject({ msg: origin, err: { message } });
    expect(messages(lines).slice(-2)).toEqual(['closed', 'stopped']);
  });
});
