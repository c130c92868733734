import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@auth/dev/postgres/free-port';
import { waitUntilReady } from '@auth/dev/stack/readiness';
import { type AppName, hasDatabase, serviceNames, services, urlSetting } from '@auth/dev/stack/services';
import { initKeyDocuments } from '@auth/ops';
import { openTestDatabase, type TestDatabase } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const fromSource = ['--import', 'tsx', '--conditions=@auth/source'];

let dir: string;
const databases = new Map<AppName, TestDatabase>();
const ports = new Map<AppName, number>();
const processes: ChildProcess[] = [];
const urlOf = (name: AppName) => `http://127.0.0.1:${ports.get(name)}`;
const databaseOf = (name: AppName) => databases.get(name)?.url ?? '';

/** Starts every service as in production, with production keys and an empty database, but without TLS in front. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'first-admin-'));
  await initKeyDocuments({ dir: join(dir, 'keys'), issuer: 'https://auth.example.com' });
  for (const name of serviceNames) {
    if (hasDatabase(name)) databases.set(name, await openTestDatabase(name));
    ports.set(name, await freePort());
  }
  for (const name of serviceNames) {
    const child = spawn(process.execPath, [...fromSource, 'src/main.ts'], {
      cwd: services[name].folder,
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        PORT: String(ports.get(name)),
        ADMIN_PORT: '0',
        AUTH_KEYS_FILE: join(dir, 'keys', `${name}.json`),
        DATABASE_URL: databaseOf(name),
        REVOCATIONS: `file:${join(dir, 'revocations.log')}`,
        PUBLIC_ORIGIN: 'https://shop.example.com',
        LOG_LEVEL: 'silent',
        DRAIN_DELAY_MS: '0',
        REPLICAS: '1',
        ...Object.fromEntries(serviceNames.map((other) => [urlSetting(other), urlOf(other)])),
      },
    });
    processes.push(child);
    const isUp = () => child.exitCode === null && child.signalCode === null;
    expect(await waitUntilReady(`${urlOf(name)}/readyz`, { isUp, timeoutMs: 60_000 })).toBe('ready');
  }
}, 240_000);

afterAll(async () => {
  for (const child of processes) {
    if (child.exitCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  for (const database of databases.values()) await database.drop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);

/** Returns the shell blocks of a section of docs/production.md, in order. */
async function readSection(title: string): Promise<string[]> {
  const page = await readFile(fileURLToPath(new URL('../docs/production.md', import.meta.url)), 'utf8');
  const section = page.split('\n## ').find((text) => text.startsWith(title)) ?? '';
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? '');
}

/** Runs the command of the page from source, since nothing is built here. */
const accounts = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  promisify(execFile)(process.execPath, [...fromSource, 'src/accounts-command.ts', ...args], {
    cwd: services.user.folder,
    env: { PATH: process.env['PATH'], ...env },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );

describe('docs/production.md', () => {
  it('leads to a first admin, a first product and a first order', async () => {
    const blocks = await readSection('5. The first admin');
    expect(blocks).toHaveLength(3);
    const script = blocks
      .join('\n')
      .replace(/^SHOP=.*$/m, 'EMAIL=ada@example.com PASSWORD=analytical-engine-1843')
      .replace('node dist/accounts-command.js', `node ${fromSource.join(' ')} src/accounts-command.ts`);
    const { stdout, stderr } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: services.user.folder,
      env: { PATH: process.env['PATH'], SHOP: urlOf('gateway'), DATABASE_URL: databaseOf('user') },
    });
    expect(stdout).toContain('ada@example.com now has the roles: customer, admin');
    const order = JSON.parse(stdout.slice(stdout.lastIndexOf('{"id"')));
    expect(order).toMatchObject({ status: 'placed', total: 1250, currency: 'EUR' });
    const { audit } = JSON.parse(stderr.slice(stderr.indexOf('{')));
    expect(audit).toEqual({ event: 'roles', outcome: 'ok', user: expect.any(String), by: 'operator' });
  }, 120_000);
});

describe('pnpm accounts', () => {
  it('prints its usage, and refuses unknown arguments with exit code 64', async () => {
    expect(await accounts(['--help'], {})).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('grant'),
      stderr: '',
    });
    for (const args of [
      [],
      ['promote', 'ada@example.com', 'admin'],
      ['grant', 'ada@example.com', 'admin', '--force'],
    ]) {
      expect(await accounts(args, {})).toMatchObject({
        code: 64,
        stdout: '',
        stderr: expect.stringContaining('usage:'),
      });
    }
  }, 60_000);

  it('reports the problem of the database or the account, but not the password of the database', async () => {
    const grant = ['grant', 'nobody@example.com', 'admin'];
    const port = await freePort();
    const refusals = [
      [{}, 78, 'DATABASE_URL is required'],
      [{ DATABASE_URL: `postgresql://ada:s3cret@127.0.0.1:${port}/user` }, 1, 'does not answer'],
      [{ DATABASE_URL: databaseOf('product') }, 1, 'a table, a column or a function is missing: apply the migrations'],
      [{ DATABASE_URL: databaseOf('user') }, 1, 'there is no account with the e-mail address nobody@example.com'],
    ] as const;
    for (const [env, code, problem] of refusals) {
      const answer = await accounts(grant, env);
      expect(answer).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(problem) });
      expect(answer.stderr).not.toContain('s3cret');
    }
  }, 60_000);
});
