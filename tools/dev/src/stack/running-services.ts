import type { Say } from '../terminal/console.ts';
import type { Closers } from './closers.ts';
import type { Compiler } from './compiler.ts';
import { startStopwatch } from './duration.ts';
import { LaunchError } from './launch-error.ts';
import { startOrphanGuard } from './orphan-guard.ts';
import { waitUntilReady } from './readiness.ts';
import { restartOnChange } from './restart-on-change.ts';
import { type ServiceProcess, spawnService } from './service-process.ts';
import { type AppName, perService, serviceNames, services } from './services.ts';

/** The running services of a stack. */
export interface StackServices {
  /** Starts a service and waits until it is ready. Does nothing when it already runs.
   * @throws LaunchError when it ends, or is not ready in time; under watch this is only printed. */
  start(name: AppName): Promise<void>;
  stop(name: AppName): Promise<void>;
  kill(name: AppName, signal: NodeJS.Signals): void;
  lines(name: AppName): readonly string[];
  isUp(name: AppName): boolean;
  /** Whether the service was ready at the last check. */
  isReady(name: AppName): boolean;
}

/** How much output of each service is kept. */
const keptLines = 2000;
/** The time limit of a start, long enough for a slow machine. The end of a service is noticed at once. */
const readyTimeoutMs = 60_000;
/** Longer than a service needs to finish its requests. */
const stopDeadlineMs = 8000;

/** Creates the services of a stack, not yet started. `close` stops the running ones. */
export function createStackServices(options: {
  urls: Record<AppName, string>;
  environments: Record<AppName, Record<string, string>>;
  watch: boolean;
  say: Say;
  closers: Closers;
  compiler?: Compiler | undefined;
  signal?: AbortSignal | undefined;
}): StackServices {
  const { urls, environments, watch, say, closers, compiler, signal } = options;
  let files = compiler?.files;
  const running = new Map<AppName, ServiceProcess>();
  const captured = perService((): string[] => []);
  const guard = startOrphanGuard();
  const hear = (name: AppName, line: string): void => {
    captured[name].push(line);
    if (captured[name].length > keptLines) captured[name].shift();
    say(name, line);
  };
  const ready = new Set<AppName>();
  const spawn = (name: AppName): ServiceProcess => {
    const service = spawnService(services[name], {
      watch,
      file: files?.[name],
      env: environments[name],
      stopDeadlineMs,
      onLine: (line) => hear(name, line),
      onGroup: (event, groupId) => (event === 'started' ? guard.add(groupId) : guard.remove(groupId)),
    });
    running.set(name, service);
    return service;
  };
  const stop = async (name: AppName): Promise<void> => {
    const service = running.get(name);
    running.delete(name);
    await service?.stop();
  };
  let reported: string | undefined;
  /** Compiles changed files. Returns whether that succeeded; if not, the services continue unchanged. */
  const compileAgain = async (): Promise<boolean> => {
    const { files: compiled, errors } = (await compiler?.compile()) ?? { files: undefined, errors: undefined };
    const problem = errors?.join('\n');
    if (problem !== undefined && problem !== reported)
      for (const line of ['this does not compile, the services continue without it:', ...(errors ?? [])])
        say('dev', line);
    reported = problem;
    files = compiled ?? files;
    return problem === undefined;
  };
  closers.add(() => guard.close());
  closers.add(async () => {
    await Promise.all(serviceNames.map(stop));
  });
  if (watch) {
    const watching = restartOnChange(serviceNames, {
      async restart(name) {
        const service = running.get(name);
        if (service === undefined) return;
        if (!(await compileAgain())) return;
        hear(name, 'a file changed, starting again');
        await service.stop();
        // Unless the service was stopped for good meanwhile.
        if (running.get(name) === service) spawn(name);
      },
      onError: ({ message }) =>
        say('dev', `changes of files are not noticed here (${message}): restart pnpm dev after one`),
    });
    closers.add(watching.close);
  }
  return {
    stop,
    kill: (name, signalName) => running.get(name)?.kill(signalName),
    lines: (name) => captured[name],
    isUp: (name) => running.get(name)?.isUp() ?? false,
    isReady: (name) => ready.has(name) && (running.get(name)?.isUp() ?? false),
    start: async (name) => {
      if (running.get(name)?.isUp()) return;
      await stop(name);
      ready.delete(name);
      const elapsed = startStopwatch();
      spawn(name);
      const outcome = await waitUntilReady(`${urls[name]}/readyz`, {
        isUp: () => running.get(name)?.isUp() ?? false,
        timeoutMs: readyTimeoutMs,
        signal,
      });
      if (outcome === 'ready') {
        ready.add(name);
        return say('dev', `${name} ready (${elapsed()})`);
      }
      const problem = describe(
        name,
        outcome === 'down' ? 'ended before it was ready' : `is not ready: ${outcome.notReady}`,
      );
      if (!watch) throw new LaunchError(`${problem}: ${captured[name].slice(-2).join(' | ')}`);
      say('dev', `${problem}; its output is above, the others continue`);
    },
  };
}

const describe = (name: AppName, problem: string): string => `the ${name} service ${problem}`;
