import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { LaunchError } from './launch-error.ts';
import { isAlive, readProcess } from './processes.ts';
import { serviceUrl } from './services.ts';

/** Claims the data folder for this process alone: two stacks on one folder would rewrite each other's keys.
 * Returns the function that releases it. The claim of an ended process is ignored.
 * @throws LaunchError that names the process with the claim */
export function claimDataDir(dataDir: string, { portBase, pid }: { portBase: number; pid: number }): () => void {
  const file = join(dataDir, 'running.json');
  const holder = readHolder(file);
  if (holder) {
    throw new LaunchError(
      `${dataDir} is in use by another pnpm dev (pid ${holder.pid}, user on ${serviceUrl('user', holder.portBase)}). ` +
        `Stop it, or run a second one beside it: PORT_BASE=${holder.portBase + 1000} DATA_DIR=.data-2 npx -y pnpm dev`,
    );
  }
  const claim = { pid, startedAt: readProcess(pid)?.startedAt ?? '', portBase };
  try {
    mkdirSync(dataDir, { recursive: true });
    assertOwn(dataDir);
    // Renamed into place, so that a symbolic link there is replaced and not followed.
    rmSync(`${file}.${pid}`, { force: true });
    writeFileSync(`${file}.${pid}`, `${JSON.stringify(claim)}\n`, { flag: 'wx' });
    renameSync(`${file}.${pid}`, file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LaunchError(`DATA_DIR: cannot write to ${dataDir} (${reason}). Set DATA_DIR to a folder of yours`, {
      exitCode: 78,
      cause,
    });
  }
  return () => rmSync(file, { force: true });
}

/** Checks the folder's owner and mode: another user with write access could replace the keys. */
function assertOwn(dataDir: string): void {
  const { uid, mode } = statSync(dataDir);
  if (uid === (getuid?.() ?? uid) && (mode & 0o002) === 0) return;
  throw new Error('it belongs to another user, or other users may write to it');
}

function readHolder(file: string): { pid: number; portBase: number } | undefined {
  const claim = readClaim(file);
  if (typeof claim !== 'object' || claim === null) return undefined;
  if (!('pid' in claim && 'startedAt' in claim && 'portBase' in claim)) return undefined;
  const { pid, startedAt, portBase } = claim;
  if (typeof pid !== 'number' || typeof portBase !== 'number') return undefined;
  // The start time distinguishes the process from a later one with the same id, as after a restart of the machine.
  return isAlive(pid) && readProcess(pid)?.startedAt === startedAt ? { pid, portBase } : undefined;
}

/** Reads a claim. A missing or truncated file is no claim. */
function readClaim(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
