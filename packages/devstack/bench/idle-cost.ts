// pnpm bench:idle: processor time and memory of idle services, and memory under load.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { startCommand } from '@auth/contracts/command';
import { migrate } from '@auth/db/migrate';
import { initKeyDocuments } from '@auth/keys';
import { cpuSecondsOf } from '../compare/cpu-time.ts';
import { seedProducts } from '../src/demo/seed.ts';
import { databaseNames, repositoryRoot, serviceNames } from '../src/index.ts';
import { ensureDatabase } from '../src/postgres/databases.ts';
import { startPostgres } from '../src/postgres/postgres.ts';
import { waitUntilReady } from '../src/stack/readiness.ts';
import { servicePort, serviceUrl, urlSetting } from '../src/stack/services.ts';

startCommand({
  name: 'pnpm bench:idle',
  summary: 'Measures what built services cost in production: idle, and product under 16 connections. Needs pnpm build.',
});

/** The work of the start, such as that of the compiler, is over by then. */
const settleMs = 20_000;
const idleMs = 60_000;
const loadMs = 15_000;
const connections = 16;
const portBase = Number(env['PORT_BASE'] ?? '46000');

const dir = await mkdtemp(join(tmpdir(), 'bench-'));
await chmod(dir, 0o755);
const postgres = await startPostgres({});
const running = new Map<string, ReturnType<typeof start>>();
try {
  const { files } = await initKeyDocuments({ dir: join(dir, 'keys'), issuer: 'https://auth.example.com' });
  for (const service of databaseNames) {
    await ensureDatabase(postgres.url(service));
    await migrate({ url: postgres.url(service), service });
  }
  await seedProducts(postgres.url('product'));
  for (const name of serviceNames) running.set(name, start(name, files[name] ?? ''));
  for (const name of serviceNames) {
    const isUp = () => running.get(name)?.exitCode === null;
    const outcome = await waitUntilReady(`${serviceUrl(name, portBase)}/readyz`, { isUp, timeoutMs: 60_000 });
    if (outcome !== 'ready') throw new Error(`${name} is not ready`);
  }
  const token = await logIn(serviceUrl('user', portBase));
  await delay(settleMs);
  const before = new Map([...running].map(([name, { pid = 0 }]) => [name, cpuSecondsOf(pid)]));
  await delay(idleMs);
  for (const [name, { pid = 0 }] of running) {
    const percent = ((cpuSecondsOf(pid) - (before.get(name) ?? 0)) / idleMs) * 100_000;
    print(`${name}: idle ${percent.toFixed(2)} % of a processor, ${memoryOf(pid)}`);
  }
  const answered = await load(`${serviceUrl('product', portBase)}/products?limit=10`, {
    authorization: `Bearer ${token}`,
  });
  const { pid = 0 } = running.get('product') ?? {};
  print(
    `product: ${Math.round(answered / (loadMs / 1000))} requests/s over ${connections} connections, ${memoryOf(pid)}`,
  );
  print(`node ${process.version}, ${idleMs / 1000} s idle, ${settleMs / 1000} s after the start`);
} finally {
  for (const child of running.values()) child.kill('SIGKILL');
  await postgres.stop();
  await rm(dir, { recursive: true });
}

function start(name: (typeof serviceNames)[number], keyFile: string) {
  const others = Object.fromEntries(serviceNames.map((other) => [urlSetting(other), serviceUrl(other, portBase)]));
  // As pnpm start does it, without a process of ours in between.
  return spawn(execPath, [join(repositoryRoot, 'apps', name, 'dist/main.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...{ PATH: env['PATH'], NODE_ENV: 'production', REPLICAS: '1', PUBLIC_ORIGIN: 'https://shop.example.com' },
      ...{ PORT: String(servicePort(name, portBase)), AUTH_KEYS_FILE: keyFile, ...others },
      ...{ REVOCATIONS: `file:${join(dir, 'revocations.log')}`, DATABASE_URL: postgres.url(name) },
    },
  });
}

/** Resident memory, and the most of it so far, in MB. */
function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
  return `${megabytes('VmRSS')} MB of memory (at most ${megabytes('VmHWM')})`;
}

/** Makes an account. Returns an access token of it. */
async function logIn(user: string): Promise<string> {
  const account = { email: 'bench@example.com', password: 'a-password-for-the-bench' };
  const ask = async (path: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(user + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  await ask('/auth/register', { ...account, name: 'Bench' });
  const answer = await ask('/auth/login', account);
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) return String(answer.access_token);
  throw new Error(`no token: ${JSON.stringify(answer)}`);
}

/** Sends requests without a break over each connection. Returns how many were answered with 200. */
async function load(url: string, headers: Record<string, string>): Promise<number> {
  const end = performance.now() + loadMs;
  let answered = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (performance.now() < end) {
        await new Promise((resolve, reject) => {
          get(url, { agent, headers }, (response) => {
            if (response.statusCode === 200) answered += 1;
            response.resume().on('end', resolve);
          }).on('error', reject);
        });
      }
      agent.destroy();
    }),
  );
  return answered;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
