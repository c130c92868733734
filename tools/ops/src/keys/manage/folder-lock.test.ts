import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execPath, pid } from 'node:process';
import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { withFolder } from './folder-lock.ts';

/** Returns the id of a process that has ended. */
const ended = () => spawnSync(execPath, ['-e', '']).pid;

/** Runs eight commands on a folder at once. Returns the largest number of them that had the lock at the same time. */
async function mostAtOnce(dir: string): Promise<number> {
  let inside = 0;
  let most = 0;
  const run = () =>
    withFolder(dir, async () => {
      most = Math.max(most, ++inside);
      await readdir(dir);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 8 }, run));
  return most;
}

describe('withFolder', () => {
  it('gives the lock to one command at a time, and leaves no file', () =>
    inFolder(async (dir) => {
      expect([await mostAtOnce(dir), await readdir(dir)]).toEqual([1, []]);
    }));

  it('names the process that holds the lock when the time is up', () =>
    inFolder((dir) =>
      withFolder(dir, async () => {
        const second = withFolder(dir, async () => 'in', { timeoutMs: 60 });
        await expect(second).rejects.toThrow(`another keys command is at work on this folder (pid ${pid})`);
        // The lock of the other process is still there.
        expect(await readFile(join(dir, '.lock'), 'utf8')).toBe(`${pid} ${hostname()}`);
      }),
    ));

  it('takes the lock of a killed process, also when several commands find it at once', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, '.lock'), `${ended()} ${hostname()}`);
      expect([await mostAtOnce(dir), await readdir(dir)]).toEqual([1, []]);
    }));

  it('does not take the lock of another machine, whose processes are not known here', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, '.lock'), `${ended()} elsewhere`);
      const second = withFolder(dir, async () => 'in', { timeoutMs: 60 });
      await expect(second).rejects.toThrow(/on elsewhere\): wait for it to end, or delete .*\.lock if it has/);
    }));

  it('releases the lock when the command fails', () =>
    inFolder(async (dir) => {
      await expect(withFolder(dir, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
      expect(await withFolder(dir, async () => 'in')).toBe('in');
    }));

  it('removes the unfinished files of a killed process, which may hold secrets', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, '.order.0190e4b2.tmp'), '{"secret":');
      await withFolder(dir, async () => undefined);
      expect(await readdir(dir)).toEqual([]);
    }));

  it('names the folder that it cannot write to', async () => {
    await expect(withFolder('/dev/null/keys', async () => 'in')).rejects.toThrow(
      'cannot write to /dev/null/keys (ENOTDIR): give a folder of yours as --dir',
    );
  });
});
