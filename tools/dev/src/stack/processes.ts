import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the system tells of a process. */
export interface ProcessInfo {
  parentPid: number;
  /** The command line, arguments separated by spaces. */
  command: string;
  /** When it started, in whatever unit the system has: together with the pid it names one process for good. */
  startedAt: string;
}

/** Reads about a process; `undefined` when there is none with that id. */
export function readProcess(pid: number): ProcessInfo | undefined {
  const stat = readProc(pid, 'stat');
  return stat === undefined ? readFromPs(pid) : fromProc(pid, stat);
}

/** True while the process runs. One that has ended, but whose parent has not asked for its exit code yet, does not run. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM is a living process of somebody else: npx below sudo.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const stat = readProc(pid, 'stat');
  return stat === undefined || fieldsAfterName(stat)[0] !== 'Z';
}

function fromProc(pid: number, stat: string): ProcessInfo {
  const fields = fieldsAfterName(stat);
  return {
    parentPid: Number(fields[1]),
    command: (readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim(),
    startedAt: fields[19] ?? '',
  };
}

/** The fields of proc(5) `stat` from the third on; the second, the name, may itself hold blanks and brackets. */
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(pid: number, file: 'stat' | 'cmdline'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** macOS and the BSDs have no /proc. */
function readFromPs(pid: number): ProcessInfo | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,lstart=,args=', '-p', String(pid)], { encoding: 'utf8' });
  const match = /^\s*(\d+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/m.exec(stdout ?? '');
  if (!match) return undefined;
  return { parentPid: Number(match[1]), startedAt: match[2] ?? '', command: (match[3] ?? '').trim() };
}
