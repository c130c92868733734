import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { PostgresError } from './error.ts';

/** The content of `postmaster.pid` of a running Postgres. */
export interface RunningPostgres {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping` or `standby`. */
  readonly status: string;
}

const run = promisify(execFile);
const POLL_MS = 50;
const STOPPING_LIMIT_MS = 30_000;
/** The time in which the guard of a killed owner stops the server. */
const READY_LIMIT_MS = 2_000;

/** Finds the live Postgres that holds the data directory `data`. A file left by a dead one does not count. */
export async function findRunningPostgres(data: string): Promise<RunningPostgres | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid) || !(await isPostgresOf(pid, data))) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? 'starting' };
}

/**
 * Makes sure that no Postgres holds `data`, and waits for one that is stopping. Removes a lock file whose process id now
 * belongs to another program, which Postgres itself does not do.
 *
 * @throws PostgresError `postgres_in_use` with the pid of the holder.
 */
export async function takeOver(data: string): Promise<void> {
  const start = performance.now();
  for (;;) {
    const running = await findRunningPostgres(data);
    if (running === undefined) break;
    const waited = performance.now() - start;
    if (waited > (running.status === 'stopping' ? STOPPING_LIMIT_MS : READY_LIMIT_MS)) {
      const problem = `The database cluster in ${data} is in use by another Postgres (pid ${running.pid}, port ${running.port})`;
      throw new PostgresError('postgres_in_use', `${problem}. Stop what started it, or: kill -INT ${running.pid}`);
    }
    await delay(POLL_MS);
  }
  await removeForeignLock(data);
}

async function removeForeignLock(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const text = await readFile(lock, 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid) && !(await isPostgresOf(pid, data)))
    await rm(lock, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Unknown counts as running, since two servers on one cluster would destroy it. */
async function isPostgresOf(pid: number, data: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    .catch(async () => (await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout)
    .catch(() => data);
  return command.includes(data);
}
