import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
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

async function newPath(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'feed-'));
  closers.push(() => rm(dir, { recursive: true }));
  return join(dir, 'revocations.log');
}

async function openWriter(path: string) {
  const writer = await openFileFeedWriter(path);
  closers.push(writer.close);
  return writer;
}

function openReader(path: string) {
  const read: string[] = [];
  const errors: string[] = [];
  const reader = openFileFeedReader(path, {
    pollMs: 5,
    onTokens: async (tokens) => {
      read.push(...tokens);
    },
    onError: ({ message }) => errors.push(message),
  });
  closers.push(reader.close);
  return { read, errors, reader };
}

describe('a feed in a file', () => {
  it('is read in order by several readers, which start before or after the file exists', async () => {
    const path = await newPath();
    const early = openReader(path);
    await until(() => early.errors.length > 0);
    expect(early.errors[0]).toContain('ENOENT');
    const writer = await openWriter(path);
    await writer.publish(['a', 'b']);
    await writer.publish([]);
    const late = openReader(path);
    await writer.publish(['c']);
    for (const { read } of [early, late]) {
      await until(() => read.length === 3);
      expect(read).toEqual(['a', 'b', 'c']);
    }
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('stays readable after an unfinished line of a writer that died, and the next line is whole', async () => {
    const path = await newPath();
    const { read } = openReader(path);
    const writer = await openWriter(path);
    await writer.publish(['a']);
    await appendFile(path, 'tor');
    await until(() => read.length === 1);
    // An unfinished line of another process while this writer has the file open, then one that is there when it opens it.
    await writer.publish(['b']);
    await appendFile(path, 'n');
    await (await openWriter(path)).publish(['c']);
    await until(() => read.length === 5);
    expect(read).toEqual(['a', 'tor', 'b', 'n', 'c']);
  });

  it('yields a line only when it is complete', async () => {
    const path = await newPath();
    await writeFile(path, 'a\nhalf');
    const { read, reader } = openReader(path);
    await until(() => read.length === 1);
    await appendFile(path, '-whole\n');
    await until(() => read.length === 2);
    expect(read).toEqual(['a', 'half-whole']);
    await reader.close();
  });

  it('is compacted to the tokens to keep, for present and for later readers', async () => {
    const path = await newPath();
    const writer = await openWriter(path);
    const other = await openWriter(path);
    const { read } = openReader(path);
    await writer.publish(['a', 'b', 'c']);
    await until(() => read.length === 3);
    await writer.compact(['b', 'c']);
    await writer.publish(['d']);
    // A reader with the old file open finds the new one.
    await other.publish(['e']);
    expect(await readFile(path, 'utf8')).toBe('b\nc\nd\ne\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await until(() => read.at(-1) === 'e');
    expect(read).toEqual(['a', 'b', 'c', 'b', 'c', 'd', 'e']);
  });

  it('is compacted after an earlier compaction died, and keeps its mode', async () => {
    const path = await newPath();
    await writeFile(path, '', { mode: 0o640 });
    await writeFile(`${path}.new`, 'left over');
    const writer = await openWriter(path);
    await writer.compact(['a']);
    expect(await readFile(path, 'utf8')).toBe('a\n');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it('is read from its start when it has shrunk, and after startOver', async () => {
    const path = await newPath();
    await writeFile(path, 'a\nb\nc\n');
    const { read, reader } = openReader(path);
    await until(() => read.length === 3);
    await truncate(path, 2);
    await until(() => read.length === 4);
    reader.startOver();
    await until(() => read.length === 5);
    expect(read).toEqual(['a', 'b', 'c', 'a', 'a']);
  });

  it('cuts a line without an end', async () => {
    const path = await newPath();
    await writeFile(path, `${'x'.repeat(1_000_000)}\nb\n`);
    const { read } = openReader(path);
    await until(() => read.length === 2);
    expect(read).toEqual(['x'.repeat(8193), 'b']);
  });

  it('rejects a text that is not a token', async () => {
    const writer = await openWriter(await newPath());
    for (const text of ['a\nb', '', 'a b', 'ä']) {
      await expect(writer.publish([text])).rejects.toThrow(TypeError);
      await expect(writer.compact([text])).rejects.toThrow(TypeError);
    }
  });
});
