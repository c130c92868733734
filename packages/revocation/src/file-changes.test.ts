import { appendFile, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as silentlyFor } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFileChanges, type FileChanges } from './file-changes.ts';

/** Longer than any test, so that a change and not the time resolves `next`. */
const neverMs = 600_000;

let dir: string;
let path: string;
let changes: FileChanges;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'changes-'));
  path = join(dir, 'revocations.log');
  await writeFile(path, 'a');
  changes = createFileChanges({ watchedMs: neverMs, unwatchedMs: neverMs });
});
afterEach(async () => {
  changes.close();
  await rm(dir, { recursive: true, force: true });
});

describe('createFileChanges', () => {
  it('reports writes to a file, its truncation and its replacement, and writes to the new file', async () => {
    changes.watch(path);
    await appendFile(path, 'b');
    await changes.next();
    await truncate(path, 0);
    await changes.next();
    await writeFile(`${path}.new`, 'c');
    await rename(`${path}.new`, path);
    await changes.next();
    changes.watch(path);
    await appendFile(path, 'd');
    await changes.next();
  });

  it('distinguishes one write, several changes, and the end of the wait', async () => {
    changes.watch(path);
    await appendFile(path, 'b');
    expect(await changes.next()).toBe('written');
    changes.wake();
    changes.wake();
    expect(await changes.next()).toBe('other');
    const polled = createFileChanges({ watchedMs: 2 });
    polled.watch(path);
    expect(await polled.next()).toBe('elapsed');
    polled.close();
  });

  it('polls more often after a change that the system did not report, until it reports one', async () => {
    const silent = createFileChanges({ watchedMs: neverMs, silentMs: 2 });
    silent.watch(path);
    silent.missed();
    expect(await silent.next()).toBe('elapsed');
    await appendFile(path, 'b');
    while ((await silent.next()) !== 'written');
    let isOver = false;
    const waiting = silent.next().then(() => {
      isOver = true;
    });
    await silentlyFor(50);
    expect(isOver).toBe(false);
    silent.close();
    await waiting;
  });

  it('reports writes to a file behind a link', async () => {
    await symlink(path, join(dir, 'link'));
    changes.watch(join(dir, 'link'));
    await appendFile(path, 'b');
    await changes.next();
  });

  it('polls from time to time, also for a file that does not exist', async () => {
    const polled = createFileChanges({ watchedMs: 2, unwatchedMs: 2 });
    await polled.next();
    polled.watch(join(dir, 'missing'));
    await polled.next();
    polled.watch(path);
    await polled.next();
    polled.close();
  });

  it('resolves next on wake, before or after the call, and on close', async () => {
    changes.watch(path);
    changes.wake();
    await changes.next();
    const woken = changes.next();
    changes.wake();
    await woken;
    const closed = changes.next();
    changes.close();
    await closed;
    expect(await changes.next()).toBe('elapsed');
  });
});
