import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { migrate } from '@auth/db/migrate';
import { databaseNames, repositoryRoot, serviceNames } from '@auth/dev';
import { seedProducts } from '@auth/dev/demo/seed';
import { ensureDatabase } from '@auth/dev/postgres/databases';
import { startPostgres } from '@auth/dev/postgres/postgres';
import { waitUntilReady } from '@auth/dev/stack/readiness';
import { perService, servicePort, serviceUrl, urlSetting } from '@auth/dev/stack/services';
import { initKeyDocuments } from '@auth/ops';
import { childrenOf } from '../measure/cpu-time.ts';
import { createDataDir } from '../measure/stack.ts';
import { untilDevReady } from './dev-output.ts';

/** Running services, with their process ids. */
export interface IdleServices {
  readonly what: string;
  readonly pids: ReadonlyMap<string, number>;
  readonly urls: Readonly<Record<(typeof serviceNames)[number], string>>;
  stop(): Promise<void>;
}

/** Plain JavaScript without types, since `pnpm start` uses it in production. */
const { nodeOptions }: { nodeOptions: (env: NodeJS.ProcessEnv) => string } = await import(
  new URL('../../dev/node-options.mjs', import.meta.url).href
);

/** Starts the built services as in production, on temporary databases. */
export async function startBuilt(portBase: number): Promise<IdleServices> {
  const urls = urlsAt(portBase);
  const dir = await createDataDir('bench-');
  const postgres = await startPostgres({});
  const children = new Map<string, ChildProcess>();
  async function stop(): Promise<void> {
    for (const child of children.values()) child.kill('SIGKILL');
    await postgres.stop();
    await rm(dir, { recursive: true });
  }
  try {
    const { files } = await initKeyDocuments({ dir: join(dir, 'keys'), issuer: 'https://auth.example.com' });
    for (const service of databaseNames) {
      await ensureDatabase(postgres.url(service));
      await migrate({ url: postgres.url(service), service });
    }
    await seedProducts(postgres.url('product'));
    for (const name of serviceNames) {
      // The same environment as `pnpm start`, without its own process.
      const child = spawn(execPath, [join(repositoryRoot, 'apps', name, 'dist/main.js')], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          PATH: env['PATH'],
          NODE_ENV: 'production',
          NODE_OPTIONS: nodeOptions(env),
          REPLICAS: '1',
          PUBLIC_ORIGIN: 'https://shop.example.com',
          PORT: String(servicePort(name, portBase)),
          AUTH_KEYS_FILE: files[name],
          ...Object.fromEntries(serviceNames.map((other) => [urlSetting(other), urls[other]])),
          REVOCATIONS: `file:${join(dir, 'revocations.log')}`,
          DATABASE_URL: postgres.url(name),
        },
      });
      children.set(name, child);
    }
    for (const name of serviceNames) {
      const isUp = () => children.get(name)?.exitCode === null;
      const outcome = await waitUntilReady(`${urls[name]}/readyz`, { isUp, timeoutMs: 60_000 });
      if (outcome !== 'ready') throw new Error(`${name} is not ready`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const pids = new Map([...children].map(([name, { pid = 0 }]) => [name, pid]));
  return { what: 'built services', pids, urls, stop };
}

/** Starts the launcher of `pnpm dev`, without npx and pnpm. */
export async function startDev(portBase: number): Promise<IdleServices> {
  const dataDir = await createDataDir('bench-');
  const child = spawn(execPath, ['tools/dev/dev.mjs'], {
    cwd: repositoryRoot,
    env: { ...env, PORT_BASE: String(portBase), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await exit;
    await rm(dataDir, { recursive: true });
  }
  if (!(await untilDevReady(child))) {
    await stop();
    throw new Error('pnpm dev ended');
  }
  const pids = new Map([['launcher', child.pid ?? 0]]);
  for (const pid of childrenOf(child.pid ?? 0)) {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    const name = serviceNames.find((service) => command.includes(`/${service}-`));
    if (name !== undefined) pids.set(name, pid);
  }
  return { what: 'pnpm dev', pids, urls: urlsAt(portBase), stop };
}

const urlsAt = (portBase: number) => perService((name) => serviceUrl(name, portBase));
