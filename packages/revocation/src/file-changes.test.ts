import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FileChanges } from './file-changes.ts';
import { openFileChanges } from './file-changes.ts';

/** Longer than any test: what resolves `next` is then a change and not the time. */
const neverMs = 600_000;

let dir: string;
let path: string;
let changes: FileChanges | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'changes-'));
  path = join(dir, 'revocations.log');
});
afterEach(async () => {
  changes?.close();
  await rm(dir, { recursive: true, force: true });
});

/** A watch that has begun: the first call of `next` resolves at once. */
async function openWatched(): Promise<FileChanges> {
  changes = openFileChanges(path, { watchedMs: neverMs, unwatchedMs: neverMs });
  await changes.next();
  return changes;
}

describe('openFileChanges', () => {
  it('notices a file that is created, written, and replaced', async () => {
    const { next } = await openWatched();
    await writeFile(path, 'a');
    await next();
    await appendFile(path, 'b');
    await next();
    await writeFile(`${path}.new`, 'c');
    await rename(`${path}.new`, path);
    await next();
  });

  it('looks from time to time while the folder is missing, and watches it once it is there', async () => {
    path = join(dir, 'later', 'revocations.log');
    changes = openFileChanges(path, { watchedMs: neverMs, unwatchedMs: 5 });
    await changes.next();
    await mkdir(join(dir, 'later'));
    await changes.next();
    const noticed = changes.next();
    await writeFile(path, 'a');
    await noticed;
  });

  it('looks from time to time at a file behind a link', async () => {
    await writeFile(join(dir, 'target'), 'a');
    await symlink(join(dir, 'target'), path);
    changes = openFileChanges(path, { watchedMs: neverMs, unwatchedMs: 5 });
    for (let looks = 0; looks < 3; looks += 1) await changes.next();
  });

  it('resolves when it is woken, before or after the call, and when it is closed', async () => {
    const { next, wake, close } = await openWatched();
    wake();
    await next();
    const woken = next();
    wake();
    await woken;
    const closed = next();
    close();
    await closed;
    expect(await next()).toBeUndefined();
  });
});
