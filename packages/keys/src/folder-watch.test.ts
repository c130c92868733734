import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { watchFolder } from './folder-watch.ts';

/** Longer than any test, in ms: `next` resolves only for a change or at the end. */
const neverMs = 600_000;

describe('watchFolder', () => {
  it('resolves when a file in the folder is written or replaced', () =>
    inFolder(async (folder) => {
      const watched = watchFolder({ folder, pollMs: 100 });
      watched.renew();
      const file = join(folder, 'order.json');
      for (const change of [() => writeFile(`${file}.new`, 'a'), () => rename(`${file}.new`, file)]) {
        await change();
        await watched.next();
      }
      watched.close();
    }));

  it('resolves after a time without a folder', async () => {
    const watched = watchFolder({ folder: '/does/not/exist', pollMs: 2 });
    watched.renew();
    expect(await watched.next()).toBeUndefined();
    watched.close();
  });

  it('resolves when it is closed, and at each call after that', () =>
    inFolder(async (folder) => {
      const watched = watchFolder({ folder, pollMs: neverMs });
      watched.renew();
      const next = watched.next();
      watched.close();
      await next;
      await watched.next();
      watched.renew();
    }));
});
