import { chmod, link, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot, services } from './services.ts';
import { sourceFolders } from './source-folders.ts';
import { type SourceWatch, watchSources } from './source-watch.ts';

let dir: string;
let watching: SourceWatch;
let changed: string[];
let wake = () => {};
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sources-'));
  await mkdir(join(dir, 'deep'));
  await writeFile(join(dir, 'main.ts'), '1');
  await writeFile(join(dir, 'deep', 'a.ts'), '1');
  changed = [];
  watching = watchSources({
    folders: [dir],
    onChange(files) {
      changed.push(...files.map((file) => file.slice(dir.length + 1)));
      wake();
    },
    onError: (error) => changed.push(String(error)),
  });
});
afterEach(async () => {
  watching.close();
  await rm(dir, { recursive: true });
});

const sees = async (file: string) => {
  while (!changed.includes(file)) await new Promise<void>((resolve) => (wake = resolve));
};

describe('watchSources', () => {
  it('reports a file that is written, replaced, created or removed, and a file in a new folder', async () => {
    await writeFile(join(dir, 'deep', 'a.ts'), '22');
    await sees('deep/a.ts');
    await writeFile(join(dir, 'new'), 'new');
    await rename(join(dir, 'new'), join(dir, 'main.ts'));
    await sees('main.ts');
    await mkdir(join(dir, 'more'));
    await writeFile(join(dir, 'more', 'b.ts'), '1');
    await sees('more/b.ts');
    changed = [];
    await writeFile(join(dir, 'more', 'b.ts'), '333');
    await sees('more/b.ts');
    changed = [];
    await rm(join(dir, 'more'), { recursive: true });
    await sees('more/b.ts');
  });

  it('reports a file that is touched', async () => {
    await utimes(join(dir, 'main.ts'), new Date(), new Date(2030, 1));
    await sees('main.ts');
  });

  it('does not report another hard link, another mode, or a test', async () => {
    await link(join(dir, 'main.ts'), `${dir}.link`);
    await rm(`${dir}.link`);
    await chmod(join(dir, 'main.ts'), 0o600);
    await writeFile(join(dir, 'main.test.ts'), '1');
    // Later changes were reported, so these would have been reported as well.
    await writeFile(join(dir, 'deep', 'a.ts'), '22');
    await sees('deep/a.ts');
    expect(changed).toEqual(['deep/a.ts']);
  });
});

describe('sourceFolders', () => {
  it('returns the source of a service and of its packages, and no folder of node_modules', () => {
    const folders = sourceFolders(services.order.folder).map((folder) => folder.slice(repositoryRoot.length + 1));
    expect(folders).toEqual(expect.arrayContaining(['apps/order/src', 'packages/verify/src', 'packages/keys/src']));
    expect(folders).toEqual(expect.arrayContaining(['prisma/src', 'prisma/generated', 'packages/revocation/src']));
    expect(folders.filter((folder) => /node_modules|apps\/(?!order)|tools/.test(folder))).toEqual([]);
  });
});
