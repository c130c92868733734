import { link, open, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { findObstacle, readMountPoints } from './key-delivery.ts';

describe('findObstacle', () => {
  it('finds none for a file in a folder, through a link or with a second hard link', () =>
    inFolder(async (dir) => {
      const file = join(dir, 'keys.json');
      await writeFile(file, '{}');
      await link(file, join(dir, 'backup'));
      await symlink(file, join(dir, 'link.json'));
      const mounts = await readMountPoints();
      expect(await findObstacle(file, mounts)).toBeUndefined();
      expect(await findObstacle(join(dir, 'link.json'), mounts)).toBeUndefined();
      expect(await findObstacle(join(dir, 'missing.json'), mounts)).toBeUndefined();
    }));

  it('finds a file that is a mount point, also through a link', () =>
    inFolder(async (dir) => {
      const file = join(dir, 'keys.json');
      await writeFile(file, '{}');
      await symlink(file, join(dir, 'link.json'));
      expect(await findObstacle(file, new Set([file]))).toBe('single_file_mount');
      expect(await findObstacle(join(dir, 'link.json'), new Set([file]))).toBe('single_file_mount');
      expect(await findObstacle(file, new Set([dir]))).toBeUndefined();
    }));

  it('finds a file that has no name left', () =>
    inFolder(async (dir) => {
      const file = join(dir, 'keys.json');
      await writeFile(file, 'old');
      const handle = await open(file);
      const held = `/proc/self/fd/${handle.fd}`;
      expect(await findObstacle(held, new Set())).toBeUndefined();
      await writeFile(join(dir, 'new'), 'new');
      await rename(join(dir, 'new'), file);
      expect(await findObstacle(held, new Set())).toBe('replaced');
      await handle.close();
    }));
});
