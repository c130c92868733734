import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { LaunchError, repositoryRoot } from '@auth/dev';
import type { OrphanGuard } from '@auth/dev/stack/orphan-guard';
import { waitUntilReady } from '@auth/dev/stack/readiness';

/** A process that logs to a file, so that no processor time is spent on reading its log. */
export interface LoggedProcess {
  readonly name: string;
  /** Base URL, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Sends SIGTERM, and SIGKILL after 8 s. */
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly name: string;
  /** Absolute path of the program, in TypeScript. */
  readonly file: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logDir: string;
  /** Ends the process when this one is killed. */
  readonly guard: OrphanGuard;
  readonly signal: AbortSignal;
}

const readyTimeoutMs = 60_000;
const stopDeadlineMs = 8000;

/** Starts a process and waits until its `/readyz` answers 200. @throws LaunchError with the end of its log */
export async function startProcess(options: ProcessOptions): Promise<LoggedProcess> {
  const { name, file, port, env, logDir, guard, signal } = options;
  const logFile = join(logDir, `${name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(execPath, ['--import', 'tsx', '--conditions=@auth/source', file], {
    cwd: repositoryRoot,
    env: { ...env, HOST: '127.0.0.1', PORT: String(port) },
    // A process group of its own: Ctrl-C in the terminal reaches this process only, which stops all others in order.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new LaunchError(`${name} does not start`);
  guard.add(pid);
  let isUp = true;
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      isUp = false;
      guard.remove(pid);
      resolve();
    }),
  );
  const stop = async () => {
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
    await exited;
    clearTimeout(deadline);
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    const outcome = await waitUntilReady(`${url}/readyz`, { isUp: () => isUp, timeoutMs: readyTimeoutMs, signal });
    if (outcome === 'ready') return { name, url, pid, stop };
    throw new LaunchError(`${name} is not ready: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
  } catch (error) {
    await stop();
    throw error;
  }
}
