import { readdirSync, readFileSync } from 'node:fs';

/**
 * Processor time that all threads of a process have used so far, in seconds; 0 for a process that has ended. Reads the
 * scheduler's count in `schedstat`, since `/proc/<pid>/stat` counts in steps of 10 ms. Linux only.
 */
export function cpuSecondsOf(pid: number): number {
  const threads = orElse(() => readdirSync(`/proc/${pid}/task`), []);
  const nanoseconds = threads.map((thread) => Number(read(`${pid}/task/${thread}/schedstat`).split(' ')[0]));
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
}

/** Processor time of a process and its children. Children that have ended are counted in steps of 10 ms. */
export function cpuSecondsBelow(pid: number): number {
  const running = [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuSecondsOf(each), 0);
  // cutime and cstime of proc(5), in clock ticks of 10 ms.
  const [user = 0, system = 0] = fieldsAfterName(pid).slice(13, 15).map(Number);
  return running + (user + system) / 100;
}

/** The running children of a process, without grandchildren. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => Number(fieldsAfterName(child)[1]) === pid);
}

/** The fields of proc(5) `stat` from the third on. The second, the name, may contain blanks and brackets. */
function fieldsAfterName(pid: number): string[] {
  const stat = read(`${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Reads a file of /proc. Empty when the process or thread has ended since it was listed. */
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
