import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execPath, pid } from 'node:process';
import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { withFolder } from './folder-lock.ts';

/** The id of a process that has ended. */
const ended = () => spawnSync(execPath, ['-e', '']).pid;

/** Runs eight commands on a folder at once. Returns how many of them had the lock at the same time, at most. */
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
  it('lets one at a time, and leaves nothing behind', () =>
    inFolder(async (dir) => {
      expect([await mostAtOnce(dir), await readdir(dir)]).toEqual([1, []]);
    }));

  it('names the process that holds the folder when it does not let go', () =>
    inFolder((dir) =>
      withFolder(dir, async () => {
        const second = withFolder(dir, async () => 'in', { patienceMs: 60 });
        await expect(second).rejects.toThrow(`another keys command is at work on this folder (pid ${pid})`);
        // It did not take the lock away.
        expect(await readFile(join(dir, '.lock'), 'utf8')).toBe(`${pid} ${hostname()}`);
      }),
    ));

  it('takes over from a process that was killed, also when several find it at once', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, '.lock'), `${ended()} ${hostname()}`);
      expect([await mostAtOnce(dir), await readdir(dir)]).toEqual([1, []]);
    }));

  it('does not take over from another machine, whose processes it cannot know', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, '.lock'), `${ended()} elsewhere`);
      const second = withFolder(dir, async () => 'in', { patienceMs: 60 });
      await expect(second).rejects.toThrow(/on elsewhere\): wait for it to end, or delete .*\.lock if it has/);
    }));

  it('lets go when the command fails', () =>
    inFolder(async (dir) => {
      await expect(withFolder(dir, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
      expect(await withFolder(dir, async () => 'in')).toBe('in');
    }));

  it('removes what a killed process had not finished writing: it may hold a secret', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, '.order.0190e4b2.tmp'), '{"secret":');
      await withFolder(dir, async () => undefined);
      expect(await readdir(dir)).toEqual([]);
    }));

  it('says which folder it cannot write to', async () => {
    await expect(withFolder('/dev/null/keys', async () => 'in')).rejects.toThrow(
      'cannot write to /dev/null/keys (ENOTDIR): give a folder of yours as --dir',
    );
  });
});
