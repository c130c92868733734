import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kill, pid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { KeyCommandError } from './key-command-error.ts';

/** Runs with the folder to itself: two commands at a time could each undo what the other did. */
export async function withFolder<T>(dir: string, run: () => Promise<T>): Promise<T> {
  const file = join(dir, '.lock');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await take(file);
  } catch (error) {
    if (error instanceof KeyCommandError) throw error;
    throw new KeyCommandError(`cannot write to ${dir} (${codeOf(error)}): give a folder of yours as --dir`);
  }
  try {
    return await run();
  } finally {
    await rm(file, { force: true });
  }
}

/** A step takes moments; whoever holds the folder for longer is named. */
const patienceMs = 5000;

async function take(file: string): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    try {
      await writeFile(file, String(pid), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && isAlive(holder)) {
      await delay(50);
      if (Date.now() < giveUpAt) continue;
      throw new KeyCommandError(`another keys command is at work on this folder (pid ${holder}): wait for it to end`);
    }
    // Left by a command that was killed.
    await rm(file, { force: true });
  }
}

function isAlive(holder: number): boolean {
  try {
    return kill(holder, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
}
