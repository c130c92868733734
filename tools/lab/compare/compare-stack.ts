import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Closers } from '@auth/dev/stack/closers';
import { startOrphanGuard } from '@auth/dev/stack/orphan-guard';
import { isPortFree } from '@auth/dev/stack/ports';
import { initKeyDocuments } from '@auth/ops';
import type { LoggedProcess } from '../measure/logged-process.ts';
import { startProcess } from '../measure/logged-process.ts';
import type { MeasuredRedis } from '../measure/redis.ts';
import { openMeasuredRedis } from '../measure/redis.ts';
import type { MeasuredPostgres } from '../measure/stores.ts';
import { openMeasuredPostgres } from '../measure/stores.ts';
import { prepareDatabases } from './prepared-databases.ts';
import type { GatewayName, ProcessSettings } from './process-settings.ts';
import { gatewayNames, processSettings, urlOf } from './process-settings.ts';

/** Everything that is compared, running: real processes, each on its own. */
export interface CompareStack {
  readonly shop: LoggedProcess;
  readonly proxy: LoggedProcess;
  /** Those with Redis are absent where there is none. */
  readonly gateways: Readonly<Partial<Record<GatewayName, LoggedProcess>>>;
  readonly postgres: MeasuredPostgres;
  readonly redis: MeasuredRedis | undefined;
  /** Path of each app's key document. */
  readonly keyFiles: Readonly<Record<string, string>>;
  /** Base URL of the user app's metrics. */
  readonly userMetrics: string;
  /** The user app that runs now. */
  user(): LoggedProcess;
  /** Starts it again after it was stopped. */
  startUser(): Promise<void>;
}

/** Starts it all, on free ports and on data of its own. What is open is added to the closers at once. */
export async function openCompareStack(options: {
  redisUrl: string | undefined;
  closers: Closers;
  signal: AbortSignal;
}): Promise<CompareStack> {
  const { redisUrl, closers, signal } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'compare-'));
  closers.add(() => rm(dataDir, { recursive: true, force: true }));
  // Postgres runs as another user when we are root: it has to reach its data.
  await chmod(dataDir, 0o755);
  await mkdir(join(dataDir, 'logs'));
  const redis = await openMeasuredRedis(redisUrl);
  if (redis !== undefined) closers.add(redis.close);
  const postgres = await openMeasuredPostgres(dataDir);
  closers.add(postgres.close);
  await prepareDatabases(postgres.url);
  signal.throwIfAborted();

  const ports = await freePorts(['user', 'userAdmin', 'shop', 'proxy', ...gatewayNames]);
  const { files: keyFiles } = await initKeyDocuments({ dir: join(dataDir, 'keys'), issuer: urlOf(ports.user) });
  const guard = startOrphanGuard();
  closers.add(guard.close);
  const start = async (settings: ProcessSettings) => {
    const process = await startProcess({ ...settings, logDir: join(dataDir, 'logs'), guard, signal });
    closers.add(process.stop);
    return process;
  };
  const settings = processSettings({
    ...{ ports, keyFiles, dataDir, environment: env },
    ...{ databaseUrl: postgres.url, redisUrl: redis?.url },
  });
  let user = await start(settings.user());
  const shop = await start(settings.shop());
  const proxy = await start(settings.proxy());
  const gateways: Partial<Record<GatewayName, LoggedProcess>> = {};
  for (const name of gatewayNames) {
    if (redis !== undefined || !name.startsWith('redis')) gateways[name] = await start(settings.gateway(name));
  }
  return {
    ...{ shop, proxy, gateways, postgres, redis, keyFiles, userMetrics: urlOf(ports.userAdmin), user: () => user },
    async startUser() {
      user = await start(settings.user());
    },
  };
}

/**
 * One free port for each name. Below those that outgoing connections come from: one of them must not take the place of a
 * stopped service. From a random one on, so that two that run side by side do not meet.
 */
async function freePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const found: number[] = [];
  const first = 12_000 + Math.floor(Math.random() * 18_000);
  for (let port = first; found.length < names.length; port += 1) if (await isPortFree(port)) found.push(port);
  return Object.fromEntries(names.map((name, index) => [name, found[index]])) as Record<Name, number>;
}
