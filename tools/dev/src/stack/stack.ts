import { initKeyDocuments } from '@auth/ops';
import { seedDemoData } from '../demo/seed-demo-data.ts';
import type { Say } from '../terminal/console.ts';
import { type Closers, createClosers } from './closers.ts';
import type { Compiler } from './compiler.ts';
import { claimDataDir } from './data-dir.ts';
import { directUrlsOf } from './direct-urls.ts';
import { assertPortsFree } from './ports.ts';
import { openDatabases, prepareDatabase } from './prepared-databases.ts';
import { createStackServices, type StackServices } from './running-services.ts';
import { serviceEnvironment } from './service-environment.ts';
import {
  type AppName,
  adminPort,
  type DatabaseName,
  databaseNames,
  hasDatabase,
  perService,
  serviceNames,
  servicePort,
  serviceUrl,
} from './services.ts';
import type { Settings } from './settings.ts';

/** A running stack: the services as processes, their databases and their keys. */
export interface Stack extends StackServices {
  /** Base URL of each service. */
  urls: Record<AppName, string>;
  databaseUrls: Record<DatabaseName, string>;
  /** Path of each service's key document. */
  keyFiles: Record<AppName, string>;
  /** Stops the services, then Postgres. */
  close(): Promise<void>;
}

export interface StackOptions {
  settings: Settings;
  /** Whether a service is restarted when its files change. Then a failed start does not end the stack. */
  watch: boolean;
  say: Say;
  /** Added to the environment of every service. */
  serviceEnv?: Record<string, string>;
  /** Whether missing demo users and products are created. */
  seed: boolean;
  /** The compiler for the services; without it they run from their source. */
  compiler?: Compiler;
  /** Aborts the start. All started processes are stopped before the returned promise rejects. */
  signal?: AbortSignal;
}

/** Starts a stack, and resolves when every service is ready. A failed start leaves nothing running.
 * @throws LaunchError, or another error with an `exitCode`, for a mistake that the developer can correct */
export async function startStack(options: StackOptions): Promise<Stack> {
  const closers = createClosers();
  try {
    return await open(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function open(options: StackOptions, closers: Closers): Promise<Stack> {
  const { settings, watch, say, compiler, signal } = options;
  const { portBase, dataDir } = settings;
  closers.add(claimDataDir(dataDir, { portBase, pid: process.pid }));
  await assertPortsFree(
    serviceNames.flatMap((name) => [
      { port: servicePort(name, portBase), use: name },
      { port: adminPort(name, portBase), use: `${name}, metrics` },
    ]),
    portBase,
  );
  const urls = perService((name) => serviceUrl(name, portBase));
  const databaseUrls = await openDatabases(settings, { say, closers });
  const directUrls = directUrlsOf(databaseUrls, settings.pooling, (name) => settings.databaseUrls[name] !== undefined);
  signal?.throwIfAborted();

  const { created, files } = await initKeyDocuments({ dir: `${dataDir}/keys`, issuer: urls.user });
  if (created.length > 0) say('dev', `keys created: ${created.join(', ')}`);
  signal?.throwIfAborted();

  const environments = perService((name) =>
    serviceEnvironment(name, {
      environment: settings.environment,
      portBase,
      databaseUrl: hasDatabase(name) ? databaseUrls[name] : undefined,
      databaseSettings: hasDatabase(name) ? databaseSettings(name, settings) : {},
      keyFile: files[name],
      dataDir,
      overrides: options.serviceEnv ?? {},
    }),
  );
  const failed = new AbortController();
  const ended = AbortSignal.any([failed.signal, ...(signal === undefined ? [] : [signal])]);
  const running = createStackServices({ urls, environments, watch, say, closers, compiler, signal: ended });
  // A service that runs before a migration is applied would report a missing table.
  await allOrFirstFailure(databaseNames.map((name) => prepareDatabase(name, { url: directUrls[name], settings, say })));
  signal?.throwIfAborted();
  await allOrFirstFailure([
    seedIfWanted(directUrls, options).catch((error) => {
      failed.abort(error);
      throw error;
    }),
    ...serviceNames.map((name) => running.start(name)),
  ]);
  return { ...running, urls, databaseUrls, keyFiles: files, close: closers.closeAll };
}

/** The settings of a service for the pooler in front of its database. The embedded Postgres has none. */
function databaseSettings(name: DatabaseName, { databaseUrls, pooling }: Settings): Record<string, string> {
  const direct = pooling.directUrls[name];
  if (databaseUrls[name] === undefined) return {};
  return { DATABASE_POOLER: pooling.pooler, ...(direct === undefined ? {} : { DATABASE_DIRECT_URL: direct }) };
}

async function seedIfWanted(urls: Record<DatabaseName, string>, { seed, say }: StackOptions): Promise<void> {
  if (seed) await seedDemoData(urls, say);
}

/** Waits for all before it rejects, so that a failure of one does not close resources that others still use. */
async function allOrFirstFailure(works: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(works);
  await Promise.all(works);
}
