import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The cores that a server and the rest of a measurement run on, as `taskset` writes them. */
export interface Cores {
  readonly server: string;
  readonly others: string;
}

/**
 * Moves this process, and so what it starts, off the first core, which is for the servers: a scheduler that moves the server and its load
 * around changes what a request costs. `undefined` where there is one core or no `taskset`.
 */
export function splitCores(): Cores | undefined {
  const count = availableParallelism();
  if (count < 2) return undefined;
  const cores: Cores = { server: '0', others: count === 2 ? '1' : `1-${count - 1}` };
  return pin(process.pid, cores.others) ? cores : undefined;
}

/** Keeps all threads of a process on some cores. `false` where that is not possible. */
export function pin(pid: number, cores: string): boolean {
  return spawnSync('taskset', ['-a', '-c', '-p', cores, String(pid)]).status === 0;
}
