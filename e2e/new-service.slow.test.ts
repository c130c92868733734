import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { env, execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '@auth/dev';
import { newDataDir } from '@auth/testkit/dev-process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePortBase } from './port-base.ts';

const notCopied = /(?:^|\/)(?:node_modules|\.git|\.data|dist|generated)$/;
const fromSource = ['--import', 'tsx', '--conditions=@auth/source'];
const newService = [...fromSource, 'tools/dev/src/new-service/cli.ts', 'service'];
const command = [...newService, 'shipping'];
const thing = { id: '019b0000-0000-7000-8000-0000000000a1', name: 'First thing' };

const { dataDir, remove } = newDataDir();
let copy: string;
let added: Result;
let addedAlone: Result;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'new-service-'));
  const filter = (path: string) => !notCopied.test(relative(repositoryRoot, path));
  await cp(repositoryRoot, copy, { recursive: true, filter });
  await run('npx', ['-y', 'pnpm', 'install', '--prefer-offline', '--frozen-lockfile']);
  await run(execPath, ['prisma/generate.mjs']);
  added = await run(execPath, [...command, '--calls', 'order:orders.read']);
  addedAlone = await run(execPath, [...newService, 'parcel']);
}, 300_000);
afterAll(async () => {
  await rm(copy, { recursive: true, force: true });
  remove();
});

describe('pnpm new service shipping --calls order:orders.read, then pnpm new service parcel', () => {
  it('prints what it made, and the pages of docs are current', async () => {
    expect(added).toMatchObject({ code: 0, output: expect.stringContaining('apps/shipping: the app and its tests') });
    expect(addedAlone).toMatchObject({
      code: 0,
      output: expect.stringContaining('apps/parcel: the app and its tests'),
    });
    expect(await readFile(join(copy, 'docs/calls.md'), 'utf8')).toContain('shipping -->|"order:orders.read"| order');
    expect(await run(execPath, [...fromSource, 'tools/dev/pages/pages.ts', '--check'])).toMatchObject({ code: 0 });
    expect(await run(execPath, ['tools/dev/borders/write.mjs', '--check'])).toMatchObject({ code: 0 });
  }, 60_000);

  it('is refused a second time, and writes nothing', async () => {
    expect(await run(execPath, command)).toEqual({
      code: 64,
      output: expect.stringContaining('there is a service shipping already'),
    });
  }, 60_000);

  it('makes services that compile and pass the linter, import borders included', async () => {
    expect(await run(execPath, ['tools/run.mjs', 'check', 'tsc'])).toEqual({ code: 0, output: '' });
    // The copy is no repository of git.
    const lint = ['tools/run.mjs', 'check', 'biome', 'ci', '--error-on-warnings', '--vcs-enabled=false', '.'];
    expect(await run(execPath, lint)).toMatchObject({ code: 0 });
  }, 240_000);

  it('makes tests that pass, and breaks none of those about services and calls', async () => {
    const jest = [...fromSource, 'node_modules/jest/bin/jest.js', '--maxWorkers=2'];
    const tested = ['apps/shipping', 'apps/parcel', 'apps/order/test/order-attacks', 'packages/contracts'];
    const tools = ['tools/ops/src/calls', 'tools/ops/src/keys/manage', 'tools/dev/src/new-service', 'e2e/settings'];
    const { code, output } = await run(execPath, [...jest, ...tested, ...tools]);
    expect([code, output]).toEqual([0, expect.stringContaining('PASS apps/shipping/test/access.test.ts')]);
    expect(output).toContain('PASS apps/parcel/test/access.test.ts');
  }, 240_000);

  it('runs beside the others: it answers an admin, refuses a customer, and calls order', async () => {
    const portBase = await freePortBase();
    const variables = { PORT_BASE: String(portBase), DATA_DIR: dataDir };
    const dev = spawn(execPath, ['tools/dev/dev.mjs'], { cwd: copy, env: { ...env, ...variables }, stdio: 'pipe' });
    try {
      const [order, shipping] = [3, 4].map((index) => `http://127.0.0.1:${portBase + index}`);
      for (let tries = 0; tries < 600 && !(await isReady(`${shipping}/readyz`)); tries += 1) await sleep(200);
      const as = async (user: string) => {
        const token = [...fromSource, 'tools/ops/src/keys/cli/main.ts', 'token', '--user', user];
        const [name = '', value = ''] = (await run(execPath, token, variables)).output.trim().split(': ');
        return { [name]: value };
      };
      const [ada, admin] = [await as('ada'), await as('admin')];
      const body = JSON.stringify({ items: [{ productId: '019b0000-0000-7000-8000-000000000003', quantity: 2 }] });
      const headers = { ...ada, 'Content-Type': 'application/json' };
      const placed = (await (await fetch(`${order}/orders`, { method: 'POST', headers, body })).json()) as {
        id: string;
      };

      const get = async (path: string, who: Record<string, string>) => {
        const answer = await fetch(`${shipping}${path}`, { headers: who });
        return { status: answer.status, body: await answer.json() };
      };
      expect(await get(`/things/${thing.id}`, admin)).toEqual({ status: 200, body: thing });
      expect((await get(`/things/${thing.id}`, ada)).status).toBe(403);
      expect(await get(`/order/orders/${placed.id}`, admin)).toMatchObject({ status: 200, body: { id: placed.id } });
      expect((await get(`/order/orders/${thing.id}`, admin)).status).toBe(404);
    } finally {
      dev.kill('SIGTERM');
      await new Promise((resolve) => (dev.exitCode === null ? dev.once('close', resolve) : resolve(undefined)));
    }
  }, 240_000);
});

const isReady = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

interface Result {
  readonly code: number;
  readonly output: string;
}

/** Runs a program in the copy. Tests there are the fast ones, on the Postgres of this run. */
function run(program: string, args: readonly string[], variables: Record<string, string> = {}): Promise<Result> {
  const { SLOW_TESTS: _slow, ...rest } = env;
  return new Promise((resolve) => {
    const options = { cwd: copy, env: { ...rest, DATA_DIR: dataDir, NO_COLOR: '1', ...variables } };
    execFile(program, args, { ...options, maxBuffer: 16_000_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}
