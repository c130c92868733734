import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { assertTokens, createTurns, type FeedWriter, type FeedWriterOptions, type PublishOptions } from './feed.ts';
import { fileError, type OpenFile, stageCompaction } from './file-compaction.ts';

/** The mode of a new file: only its owner may read it. An existing file keeps its mode. */
const newFileMode = 0o600;

/**
 * Opens a log file to append tokens to, one a line. Later tokens are not damaged by a process that dies in the middle of
 * a line, or that replaces the file. A file that cannot be used is retried at each call.
 */
export async function openFileFeedWriter(
  path: string,
  { isHeld = () => true }: FeedWriterOptions = {},
): Promise<FeedWriter> {
  const inTurn = createTurns();
  let file: OpenFile | undefined;
  /** The status of the open file, as it was when it was opened. */
  let opened: Stats | undefined;
  let isWhole = false;
  /** The length of the file after the last whole line of this process; undefined before the first one. */
  let lineEnd: number | undefined;

  /** The file that is at the path now, and its length. The new file is opened before the old one is closed. */
  async function current(): Promise<{ readonly open: OpenFile; readonly size: number }> {
    const there = await stat(path).catch(() => undefined);
    // The inode of an open file cannot become that of another file.
    const isSame = there !== undefined && there.ino === opened?.ino && there.dev === opened.dev;
    if (file !== undefined && isSame) return { open: file, size: there.size };
    const handle = await open(path, 'a+', newFileMode);
    const { size } = await handle.stat();
    await exchange({ handle, size });
    return { open: file as OpenFile, size };
  }

  async function exchange(next: OpenFile | undefined): Promise<void> {
    const before = file;
    file = next;
    isWhole = false;
    lineEnd = undefined;
    opened = await next?.handle.stat();
    // A failed close loses nothing, since the events are on the disk.
    if (before?.handle !== next?.handle) await before?.handle.close().catch(() => undefined);
  }

  async function append(tokens: readonly string[], isShortLived: boolean): Promise<void> {
    const { open, size } = await current();
    // Another process has written to the file, or truncated it.
    if (size !== open.size) isWhole = false;
    const text = Buffer.from((await startOfLine(open.handle, size)) + linesOf(tokens));
    assertHeld();
    open.size = size + text.length;
    const { bytesWritten } = await open.handle.write(text);
    if (bytesWritten < text.length) throw new Error('the file system wrote only a part of a line');
    if (!isShortLived) await open.handle.datasync();
    lineEnd = open.size;
  }

  /** Ends the last line of another process, when that process died in the middle of it. */
  async function startOfLine(handle: FileHandle, size: number): Promise<string> {
    return size !== lineEnd && (await isTorn(handle, size)) ? '\n' : '';
  }

  function assertHeld(): void {
    if (!isHeld()) throw new Error('this process is no longer the leader: nothing is written');
  }

  /** After any failure the next call reopens the file. */
  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await inTurn(work);
    } catch (error) {
      await inTurn(() => exchange(undefined));
      throw fileError(path, error);
    }
  }

  return {
    isWhole: () => isWhole,
    async publish(tokens, { isShortLived = false }: PublishOptions = {}) {
      assertTokens(tokens);
      if (tokens.length > 0) await attempt(() => append(tokens, isShortLived));
    },
    async compact(keep) {
      const from = await attempt(async () => {
        const { open, size } = await current();
        return { handle: open.handle, at: Math.min(open.size, size) };
      });
      const stage = await stageCompaction(path, keep).catch((error) => {
        throw fileError(path, error);
      });
      await attempt(async () => {
        try {
          const { open } = await current();
          // The tail is what was written while the stage was filled.
          const isSame = open.handle === from.handle;
          const tail = isSame ? await readFrom(open.handle, from.at) : Buffer.alloc(0);
          const { size } = await open.handle.stat();
          await exchange(await stage.put(open, { tail, assertHeld }));
          // Tokens that another process has added meanwhile are kept; the next compaction removes them.
          isWhole = isSame && size === open.size;
        } finally {
          await stage.drop();
        }
      });
    },
    close: () => inTurn(() => exchange(undefined)),
  };
}

/** Whether the last line is unfinished, since its writer died. */
async function isTorn(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString('latin1') !== '\n';
}

async function readFrom(file: FileHandle, start: number): Promise<Buffer> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.max(0, size - start));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}

function linesOf(tokens: readonly string[]): string {
  return tokens.map((token) => `${token}\n`).join('');
}
