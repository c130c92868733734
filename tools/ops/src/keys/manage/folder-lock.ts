import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { kill, pid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { removeLeftovers } from '../key-folder.ts';
import { KeyCommandError } from './key-command-error.ts';

/** Runs a command while it holds the lock of a folder: of two at a time, each could undo the changes of the other. */
export async function withFolder<T>(
  dir: string,
  run: () => Promise<T>,
  { timeoutMs = 5000 }: { readonly timeoutMs?: number } = {},
): Promise<T> {
  const file = join(dir, '.lock');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await take(file, timeoutMs);
  } catch (error) {
    if (error instanceof KeyCommandError) throw error;
    throw new KeyCommandError(`cannot write to ${dir} (${codeOf(error)}): give a folder of yours as --dir`);
  }
  try {
    await removeLeftovers(dir);
    return await run();
  } finally {
    await rm(file, { force: true });
  }
}

/** Takes the lock. A command holds it for moments: after the timeout the error names the process that still does. */
async function take(file: string, timeoutMs: number): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await isTaken(file))) {
    const holder = await readFile(file, 'utf8').catch(() => undefined);
    if (holder === undefined) continue;
    if (isGone(holder)) await takeAway(file, holder);
    else if (performance.now() < giveUpAt) await delay(50);
    else throw new KeyCommandError(busy(file, holder));
  }
}

/** Tries to take the lock. A link appears together with its content, so a lock always names its process. */
async function isTaken(file: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, `${pid} ${hostname()}`, { flag: 'wx', mode: 0o600 });
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes the lock of a killed command. Of several processes one moves it; a newer lock that was moved is put back. */
async function takeAway(file: string, holder: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== holder) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Whether the process of a lock has ended. Processes of other machines are not known here. */
function isGone(holder: string): boolean {
  const [id, host] = read(holder);
  if (host !== hostname()) return false;
  try {
    return !kill(id, 0);
  } catch (error) {
    return codeOf(error) !== 'EPERM';
  }
}

function busy(file: string, holder: string): string {
  const [id, host] = read(holder);
  const where = host === hostname() ? '' : ` on ${host}`;
  return `another keys command is at work on this folder (pid ${id}${where}): wait for it to end, or delete ${file} if it has`;
}

function read(holder: string): [number, string] {
  const [id = '', host = ''] = holder.split(' ');
  return [Number(id), host];
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
}
