import {
  appendFile,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openFileFeedReader } from '../src/file-feed-reader.ts';
import { openFileFeedWriter } from '../src/file-feed-writer.ts';
import { until } from './until.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Opens a writer on a file in a folder of its own; the file holds `kept` and is whole. */
async function setUp(prepare: (path: string) => Promise<unknown> = async () => undefined) {
  const dir = await mkdtemp(join(tmpdir(), 'feed-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  const folder = join(dir, 'auth');
  await mkdir(folder);
  const path = join(folder, 'feed.log');
  await prepare(path);
  let isHeld = true;
  const writer = await openFileFeedWriter(path, { isHeld: () => isHeld });
  closers.push(writer.close);
  await writer.compact(['kept']);
  const text = () => readFile(path, 'utf8');
  const lose = () => {
    isHeld = false;
  };
  return { dir, folder, path, writer, text, lose };
}

describe('the writer of a feed in a file', () => {
  it('opens its file as soon as the folder exists, and names the missing folder until then', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'feed-'));
    closers.push(() => rm(dir, { recursive: true }));
    const writer = await openFileFeedWriter(join(dir, 'later', 'feed.log'));
    closers.push(writer.close);
    await expect(writer.publish(['a'])).rejects.toThrow('its folder must exist (ENOENT)');
    await expect(writer.compact(['a'])).rejects.toThrow('its folder must exist (ENOENT)');
    await mkdir(join(dir, 'later'));
    await writer.publish(['a']);
    expect(await readFile(join(dir, 'later', 'feed.log'), 'utf8')).toBe('a\n');
  });

  it('writes again after its folder was missing for a moment', async () => {
    const { folder, writer, text } = await setUp();
    await rename(folder, `${folder}.away`);
    await expect(writer.publish(['lost'])).rejects.toThrow('ENOENT');
    await expect(writer.compact(['lost'])).rejects.toThrow('ENOENT');
    await rename(`${folder}.away`, folder);
    await writer.publish(['a']);
    expect(await text()).toBe('kept\na\n');
    expect(writer.isWhole()).toBe(false);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['removed', unlink],
    ['cut', (path) => truncate(path, 0)],
    ['written by another process', (path) => appendFile(path, 'foreign\n')],
    ['replaced', (path) => writeFile(`${path}.x`, 'other\n').then(() => rename(`${path}.x`, path))],
    ['moved away, as by a rotation', (path) => rename(path, `${path}.1`)],
  ])('is no longer whole when the file was %s, and is whole again after a compaction', async (_how, damage) => {
    const { path, writer, text } = await setUp();
    await writer.publish(['a']);
    expect(writer.isWhole()).toBe(true);
    await damage(path);
    await writer.publish(['b']);
    expect(writer.isWhole()).toBe(false);
    await writer.compact(['kept', 'a', 'b']);
    await writer.publish(['c']);
    expect([writer.isWhole(), await text()]).toEqual([true, 'kept\na\nb\nc\n']);
  });

  it.each([0o600, 0o640])(
    'keeps tokens that are published during the compaction of a file of mode %o',
    async (mode) => {
      const { writer, text } = await setUp((path) => writeFile(path, '', { mode }));
      await writer.publish(['old']);
      await writer.compact(
        (async function* () {
          yield 'kept';
          await writer.publish(['new']);
          yield 'too';
        })(),
      );
      await writer.publish(['last']);
      expect([writer.isWhole(), await text()]).toEqual([true, 'kept\ntoo\nnew\nlast\n']);
    },
  );

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['a file of mode 640', (path) => writeFile(path, '', { mode: 0o640 })],
    [
      'a file with a second name',
      (path) => writeFile(path, '', { mode: 0o600 }).then(() => link(path, `${path}.second`)),
    ],
  ])('rewrites %s in place, so that its readers continue to read it', async (_what, prepare) => {
    const { path, writer } = await setUp(prepare);
    const before = await stat(path);
    await writer.compact(['a', 'b']);
    const after = await stat(path);
    expect([after.ino, after.mode, after.nlink]).toEqual([before.ino, before.mode, before.nlink]);
    expect(await readFile(path, 'utf8')).toBe('a\nb\n');
  });

  it('rewrites a file in place without losing its readers', async () => {
    const { path, writer } = await setUp((at) => writeFile(at, '', { mode: 0o640 }));
    await writer.publish(['a', 'b']);
    const read: string[] = [];
    const reader = openFileFeedReader(path, {
      onTokens: async (tokens) => void read.push(...tokens),
      onError: () => undefined,
      pollMs: 5,
    });
    closers.push(reader.close);
    await until(() => read.length === 3);
    // The new content is as long as the old, so readers notice only the moment in which the file is empty.
    await writer.compact(['kept', 'b']);
    await writer.publish(['c']);
    await until(() => read.at(-1) === 'c');
    expect(read).toEqual(['kept', 'a', 'b', 'kept', 'b', 'c']);
  });

  it('keeps a symbolic link at its path, and writes to its target', async () => {
    const { path, dir } = await setUp((path) => symlink('../real.log', path));
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, 'real.log'), 'utf8')).toBe('kept\n');
  });

  it('keeps the old file when iterating the tokens to keep fails', async () => {
    const { writer, text } = await setUp();
    const failing = (async function* () {
      yield 'half';
      throw new Error('the database is gone');
    })();
    await expect(writer.compact(failing)).rejects.toThrow('the database is gone');
    expect(await text()).toBe('kept\n');
    await writer.publish(['a']);
    expect(await text()).toBe('kept\na\n');
  });

  it.each([0o600, 0o640])('does not change a file of mode %o when its process no longer leads', async (mode) => {
    const { writer, text, lose } = await setUp((path) => writeFile(path, '', { mode }));
    lose();
    await expect(writer.publish(['late'])).rejects.toThrow('is no longer the leader');
    await expect(writer.compact(['late'])).rejects.toThrow('is no longer the leader');
    expect(await text()).toBe('kept\n');
  });
});
