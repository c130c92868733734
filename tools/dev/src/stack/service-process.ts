import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Service } from './services.ts';

/** A running service. */
export interface ServiceProcess {
  /** False once the process has ended. */
  isUp(): boolean;
  /** Sends a signal to the process and its children. */
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and SIGKILL after the deadline. Resolves when every process of the service has ended. */
  stop(): Promise<void>;
}

export interface ServiceProcessOptions {
  /** Whether the service is restarted when its files change; the line about its end says so. */
  watch: boolean;
  env: Record<string, string>;
  /** The compiled service; its source is run unless given. */
  file?: string | undefined;
  /** The time in which a service may finish its requests. */
  stopDeadlineMs: number;
  onLine: (line: string) => void;
  /** The process group, which is to be ended with us. */
  onGroup: (event: 'started' | 'ended', groupId: number) => void;
}

/** The arguments of node that compile the source while it is loaded. */
const fromSource = ['--import', 'tsx', '--conditions=@auth/source', 'src/main.ts'];

/** Starts a service. An unexpected end is reported in one line. */
export function spawnService(service: Service, options: ServiceProcessOptions): ServiceProcess {
  const { watch, env, file, onLine, onGroup } = options;
  const child = spawn(
    process.execPath,
    file === undefined ? fromSource : ['--enable-source-maps', file],
    // Its own process group, so that Ctrl-C in the terminal reaches only the launcher, which stops everything in order.
    { cwd: service.folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let up = true;
  let stopping = false;
  let left = true;
  const groupId = child.pid;
  if (groupId !== undefined) onGroup('started', groupId);
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);
  child.once('error', (error) => onLine(`does not start: ${error.message}`));
  const gone = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      up = false;
      left = false;
      if (groupId !== undefined) onGroup('ended', groupId);
      if (!stopping) onLine(`${ending(code, signal)}${watch ? '; waiting for a change in its files' : ''}`);
      resolve();
    });
  });
  // By the whole group: a child may outlive the first process, and the id is not reused as long as the child lives.
  const kill = (signal: NodeJS.Signals): void => {
    if (left && groupId !== undefined) killGroup(groupId, signal);
  };
  return {
    isUp: () => up,
    kill,
    stop: () => {
      stopping = true;
      // Only to the process, which ends its children itself.
      child.kill('SIGTERM');
      const deadline = setTimeout(() => kill('SIGKILL'), options.stopDeadlineMs);
      return gone.finally(() => clearTimeout(deadline));
    },
  };
}

function ending(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
}

function killGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch {
    // The process has just ended.
  }
}
