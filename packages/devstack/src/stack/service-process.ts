import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createLineReader } from './service-output.ts';
import type { Service } from './services.ts';

/** A running service. Under watch it is the watcher, which stays while the program below it comes and goes. */
export interface ServiceProcess {
  /** False once the program has ended, whether or not a watcher waits to start it again. */
  isUp(): boolean;
  /** Sends a signal to the program and to its watcher. */
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end, and makes it end after the deadline. Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** What {@link spawnService} needs to know. */
export interface ServiceProcessOptions {
  watch: boolean;
  env: Record<string, string>;
  /** How long a service may take to finish its requests. */
  stopDeadlineMs: number;
  onLine: (line: string) => void;
  /** The process group, which is to be ended with us. */
  onGroup: (event: 'started' | 'ended', groupId: number) => void;
}

const watchArguments = ['--watch', '--watch-preserve-output', '--disable-warning=ExperimentalWarning'];

/** Starts a service from its source. Its end, if nobody asked for it, is told in one line. */
export function spawnService(service: Service, options: ServiceProcessOptions): ServiceProcess {
  const { watch, env, onLine, onGroup } = options;
  const report = new URL('./report-exit.ts', import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      ...(watch ? watchArguments : []),
      ...['--import', 'tsx', ...(watch ? ['--import', report] : []), '--conditions=@auth/source', 'src/main.ts'],
    ],
    // A group of its own: Ctrl-C in the terminal reaches the launcher only, which stops everything in order.
    { cwd: service.folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let up = true;
  let stopping = false;
  let left = true;
  const groupId = child.pid;
  if (groupId !== undefined) onGroup('started', groupId);
  const read = createLineReader();
  const hear = (raw: string): void => {
    const line = read(raw);
    if (line === undefined) return;
    if (line.kind === 'text') {
      onLine(line.text);
      return;
    }
    up = line.kind === 'restarting';
    if (line.kind === 'restarting') onLine('a file changed, starting again');
    else if (!stopping) onLine(`${ending(line.code, null)}; waiting for a change in its files`);
  };
  createInterface({ input: child.stdout }).on('line', hear);
  createInterface({ input: child.stderr }).on('line', hear);
  child.once('error', (error) => onLine(`does not start: ${error.message}`));
  const gone = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      up = false;
      left = false;
      if (groupId !== undefined) onGroup('ended', groupId);
      if (!stopping) onLine(ending(code ?? undefined, signal));
      resolve();
    });
  });
  // Not by the state of the first process alone: what it started may outlive it, and the id is taken as long as that lives.
  const kill = (signal: NodeJS.Signals): void => {
    if (left && groupId !== undefined) killGroup(groupId, signal);
  };
  return {
    isUp: () => up,
    kill,
    stop: () => {
      stopping = true;
      // To the process only: a watcher hands the signal on, and a second one would cut a draining service short.
      child.kill('SIGTERM');
      const deadline = setTimeout(() => kill('SIGKILL'), options.stopDeadlineMs);
      return gone.finally(() => clearTimeout(deadline));
    },
  };
}

function ending(code: number | undefined, signal: NodeJS.Signals | null): string {
  if (signal) return `was ended by ${signal}`;
  return code === undefined ? 'ended without an exit code' : `exited with code ${code}`;
}

function killGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch {
    // It ended in this very moment.
  }
}
