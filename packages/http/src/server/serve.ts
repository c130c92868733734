import type { RequestListener } from 'node:http';
import type { Log } from '../log/log.ts';
import { type ConnectionLimits, type Listening, listen } from './listen.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import { reportStartFailure } from './start-failure.ts';

/** A service as `runService` runs it. `close` closes the resources that `start` opened. */
export interface Service {
  app: RequestListener;
  log: Log;
  /** Counts requests that no app has seen. */
  metrics?: Metrics;
  port: number;
  host: string;
  readiness: Readiness;
  drainDelayMs: number;
  /** How long an idle connection is kept; the default of `listen` unless given. */
  keepAliveMs?: number;
  /** The app of the admin port, for operators. */
  admin?: { app: RequestListener; port: number; host: string };
  /** Limits of a connection. */
  limits?: ConnectionLimits;
  /** When a stopping process no longer waits for `close` and exits 1, counted from the signal. 9.5 s by default. */
  stopDeadlineMs?: number;
  close(): Promise<void>;
}

/**
 * Runs a service as a process: starts it, serves it, and on SIGTERM or SIGINT drains it and exits 0 within 10 s (a
 * second signal exits at once). A failed start is reported on stderr, without a stack when the operator can fix it.
 */
export async function runService(
  proc: NodeJS.Process,
  name: string,
  start: (env: NodeJS.ProcessEnv) => Promise<Service>,
): Promise<void> {
  // Node writes its warnings to stderr: a reader that has disconnected must not end the service.
  proc.stderr.on('error', () => undefined);
  try {
    const service = await start(proc.env);
    const listening = await listen(service.app, service);
    const admin = await listenAdmin(service);
    // The handlers come first: a supervisor that reads the line may send a signal at once.
    stopOnSignalOrFault(proc, service, { listening, admin });
    service.log.info(`listening on ${listening.url}${admin === undefined ? '' : `, admin on ${admin.url}`}`);
  } catch (error) {
    await reportStartFailure(proc, name, error);
  }
}

/** Opens the admin port. It closes last and without a delay: metrics are needed most while a service drains. */
async function listenAdmin({ admin, ...service }: Service): Promise<Listening | undefined> {
  if (admin === undefined) return undefined;
  return listen(admin.app, { ...service, ...admin, drainDelayMs: 0, deadlineMs: 500 }).catch((error: unknown) => {
    throw error instanceof Error ? Object.assign(error, { settings: ['ADMIN_PORT', 'ADMIN_HOST'] }) : error;
  });
}

interface Servers {
  readonly listening: Listening;
  readonly admin: Listening | undefined;
}

function stopOnSignalOrFault(proc: NodeJS.Process, service: Service, { listening, admin }: Servers): void {
  const { log, stopDeadlineMs = 9500 } = service;
  let stopping = false;
  let exitCode = 0;

  const stop = async (why: string) => {
    stopping = true;
    log.info(`${why}: draining`);
    setTimeout(() => {
      log.fatal('not stopped in time: exiting');
      proc.exit(1);
    }, stopDeadlineMs);
    try {
      const { cut } = await listening.drain();
      if (cut) log.warn('cut off requests that were still running');
      await admin?.drain();
      await service.close();
      log.info('stopped');
    } catch (err) {
      log.error({ err }, 'stopping failed');
      exitCode = 1;
    }
    proc.exit(exitCode);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) proc.exit(1);
    else void stop(signal);
  };
  const onFault = (err: unknown, origin: string) => {
    log.fatal({ err }, origin);
    exitCode = 1;
    if (!stopping) void stop(origin);
  };
  proc.on('SIGTERM', onSignal);
  proc.on('SIGINT', onSignal);
  // Also called for unhandled rejections, with the origin 'unhandledRejection'.
  proc.on('uncaughtException', onFault);
}
