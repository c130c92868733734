import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processor time that a process has used so far, all its threads together, in seconds; 0 for one that has ended. From
 * the scheduler's own count: that of `/proc/<pid>/stat` has steps of 10 ms. Linux only.
 */
export function cpuSecondsOf(pid: number): number {
  const threads = orElse(() => readdirSync(`/proc/${pid}/task`), []);
  const nanoseconds = threads.map((thread) => Number(read(`${pid}/task/${thread}/schedstat`).split(' ')[0]));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}

/** Of a process and of those that it has started: also of those that have ended, in steps of 10 ms. */
export function cpuSecondsBelow(pid: number): number {
  const running = [pid, ...childrenOf(pid)].reduce((sum, one) => sum + cpuSecondsOf(one), 0);
  // cutime and cstime of proc(5), in clock ticks: a hundredth of a second on every Linux there is.
  const [user = 0, system = 0] = fieldsAfterName(pid).slice(13, 15).map(Number);
  return running + (user + system) / 100;
}

/** The processes that a process has started and that run, without their own children. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => Number(fieldsAfterName(child)[1]) === pid);
}

/** The fields of proc(5) `stat` from the third on: the second, the name, may itself hold blanks and brackets. */
function fieldsAfterName(pid: number): string[] {
  const stat = read(`${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Processes and threads may end between a list of them and what it says of one. */
function read(file: string): string {
  return orElse(() => readFileSync(`/proc/${file}`, 'utf8'), '');
}

function orElse<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
