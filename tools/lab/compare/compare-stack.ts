import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { migrate } from '@auth/db/migrate';
import { seedProducts, seedUsers } from '@auth/dev/demo/seed';
import { ensureDatabase } from '@auth/dev/postgres/databases';
import type { Closers } from '@auth/dev/stack/closers';
import { startOrphanGuard } from '@auth/dev/stack/orphan-guard';
import { isPortFree } from '@auth/dev/stack/ports';
import { initKeyDocuments } from '@auth/ops';
import { type LoggedProcess, startProcess } from '../measure/logged-process.ts';
import { createDataDir } from '../measure/stack.ts';
import {
  type MeasuredPostgres,
  type MeasuredRedis,
  openMeasuredPostgres,
  openMeasuredRedis,
} from '../measure/stores.ts';
import { type GatewayName, gatewayNames, type ProcessSettings, processSettings, urlOf } from './process-settings.ts';

/** The processes and stores of the comparison. */
export interface CompareStack {
  readonly shop: LoggedProcess;
  readonly proxy: LoggedProcess;
  /** Gateways with Redis are absent without Redis. */
  readonly gateways: Readonly<Partial<Record<GatewayName, LoggedProcess>>>;
  readonly postgres: MeasuredPostgres;
  readonly redis: MeasuredRedis | undefined;
  /** Path of each app's key document. */
  readonly keyFiles: Readonly<Record<string, string>>;
  /** Base URL of the user app's metrics. */
  readonly userMetrics: string;
  /** The current process of the user app. */
  user(): LoggedProcess;
  /** Starts the user app again after it was stopped. */
  startUser(): Promise<void>;
}

/** Starts all processes on free ports and new databases. Each is added to the closers at once. */
export async function openCompareStack(options: {
  redisUrl: string | undefined;
  closers: Closers;
  signal: AbortSignal;
}): Promise<CompareStack> {
  const { redisUrl, closers, signal } = options;
  const dataDir = await createDataDir('compare-');
  closers.add(() => rm(dataDir, { recursive: true, force: true }));
  await mkdir(join(dataDir, 'logs'));
  const redis = await openMeasuredRedis(redisUrl, closers);
  const postgres = await openMeasuredPostgres(dataDir, closers);
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
    ports,
    keyFiles,
    dataDir,
    environment: env,
    databaseUrl: postgres.url,
    redisUrl: redis?.url,
  });
  let user = await start(settings.user());
  const shop = await start(settings.shop());
  const proxy = await start(settings.proxy());
  const gateways: Partial<Record<GatewayName, LoggedProcess>> = {};
  for (const name of gatewayNames) {
    if (redis !== undefined || !name.startsWith('redis')) gateways[name] = await start(settings.gateway(name));
  }
  return {
    shop,
    proxy,
    gateways,
    postgres,
    redis,
    keyFiles,
    userMetrics: urlOf(ports.userAdmin),
    user: () => user,
    async startUser() {
      user = await start(settings.user());
    },
  };
}

/** Creates the databases of the apps with the demo data, and one for the shared sessions. */
async function prepareDatabases(url: (name: string) => string): Promise<void> {
  for (const name of ['user', 'product', 'gateway'] as const) {
    await ensureDatabase(url(name));
    await migrate({ url: url(name), service: name });
  }
  await ensureDatabase(url('shared'));
  await seedUsers(url('user'));
  await seedProducts(url('product'));
}

/**
 * Finds one free port for each name, below the ephemeral ports: an outgoing connection could take the port of a stopped
 * service. The search begins at a random port, so that two runs at the same time do not collide.
 */
async function freePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const found: number[] = [];
  const first = 12_000 + Math.floor(Math.random() * 18_000);
  for (let port = first; found.length < names.length; port += 1) if (await isPortFree(port)) found.push(port);
  return Object.fromEntries(names.map((name, index) => [name, found[index]])) as Record<Name, number>;
}
