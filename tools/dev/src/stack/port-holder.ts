import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readProcess } from './processes.ts';

/** The process that listens on a port. */
export interface PortHolder {
  pid: number;
  /** Its command line, cut after 60 characters. */
  command: string;
}

/** Finds the process that listens on a TCP port; `undefined` when the system hides it (another user's process). */
export function findPortHolder(port: number): PortHolder | undefined {
  const pid = pidFromProc(port) ?? pidFromLsof(port);
  if (pid === undefined) return undefined;
  const command = readProcess(pid)?.command ?? '';
  return { pid, command: command.length > 60 ? `${command.slice(0, 59)}…` : command };
}

function pidFromProc(port: number): number | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const entry of attempt(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(entry)) continue;
    for (const fd of attempt(() => readdirSync(`/proc/${entry}/fd`)) ?? []) {
      const target = attempt(() => readlinkSync(`/proc/${entry}/fd/${fd}`));
      if (target !== undefined && sockets.has(target)) return Number(entry);
    }
  }
  return undefined;
}

/** Lists the sockets in state LISTEN (0A) on the port, by the names of links below /proc/<pid>/fd. */
function listeningSockets(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const found = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (attempt(() => readFileSync(table, 'utf8')) ?? '').split('\n')) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(suffix) && fields[3] === '0A') found.add(`socket:[${fields[9]}]`);
    }
  }
  return found;
}

function pidFromLsof(port: number): number | undefined {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'], { encoding: 'utf8' });
  const match = /^p(\d+)$/m.exec(stdout ?? '');
  return match ? Number(match[1]) : undefined;
}

/** Runs a function, and returns `undefined` when it throws: processes end meanwhile, and some belong to other users. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
