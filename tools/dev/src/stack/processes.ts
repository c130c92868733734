import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The system's data about a process. */
export interface ProcessInfo {
  parentPid: number;
  /** The command line, arguments separated by spaces. */
  command: string;
  /** The start time in the system's own unit, which identifies a process together with its pid. */
  startedAt: string;
}

/** Reads the data of a process; `undefined` when none has the id. */
export function readProcess(pid: number): ProcessInfo | undefined {
  const stat = readProc(pid, 'stat');
  return stat === undefined ? readFromPs(pid) : fromProc(pid, stat);
}

/** Whether the process runs. A process that has ended does not run, also before its parent has read its exit code. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means a live process of another user, such as npx below sudo.
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

/** Reads the fields of proc(5) `stat` from the third on. The second, the name, may contain spaces and parentheses. */
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

/** Reads the data with `ps`, since macOS and the BSDs have no /proc. */
function readFromPs(pid: number): ProcessInfo | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,lstart=,args=', '-p', String(pid)], { encoding: 'utf8' });
  const match = /^\s*(\d+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/m.exec(stdout ?? '');
  if (!match) return undefined;
  return { parentPid: Number(match[1]), startedAt: match[2] ?? '', command: (match[3] ?? '').trim() };
}
