import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import type { FeedWriter, FeedWriterOptions } from './feed.ts';
import { assertTokens, superseded } from './feed.ts';
import type { OpenFile } from './file-compaction.ts';
import { stageCompaction } from './file-compaction.ts';
import { fileError } from './file-error.ts';
import { createTurns } from './in-turn.ts';

/** For those who may read it, not for everybody. A file that is there keeps the mode it has. */
const newFileMode = 0o600;

/**
 * Creates the writer of a log file: one token a line, appended. A process that dies in the middle of a line, or one that
 * replaces the file, does not damage later tokens. A file that cannot be used is retried at each call.
 */
export async function openFileFeedWriter(
  path: string,
  { isHeld = () => true }: FeedWriterOptions = {},
): Promise<FeedWriter> {
  const inTurn = createTurns();
  let file: OpenFile | undefined;
  let isWhole = false;

  /** The file that is at the path now. The new file is opened before the old one is closed. */
  async function current(): Promise<OpenFile> {
    if (file !== undefined && (await isAt(path, file.handle))) return file;
    const handle = await open(path, 'a+', newFileMode);
    await exchange({ handle, size: (await handle.stat()).size });
    return file as OpenFile;
  }

  async function exchange(next: OpenFile | undefined): Promise<void> {
    const before = file;
    file = next;
    isWhole = false;
    // Nothing is lost by closing it: the tokens are on the disk.
    if (before?.handle !== next?.handle) await before?.handle.close().catch(() => undefined);
  }

  async function append(tokens: readonly string[]): Promise<void> {
    const open = await current();
    const { size } = await open.handle.stat();
    // Another process has written to the file, or truncated it.
    if (size !== open.size) isWhole = false;
    const text = Buffer.from(((await isTorn(open.handle, size)) ? '\n' : '') + linesOf(tokens));
    assertHeld();
    open.size = size + text.length;
    await open.handle.appendFile(text);
    await open.handle.datasync();
  }

  function assertHeld(): void {
    if (!isHeld()) throw superseded('nothing is written');
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
    async publish(tokens) {
      assertTokens(tokens);
      if (tokens.length > 0) await attempt(() => append(tokens));
    },
    async compact(keep) {
      const from = await attempt(async () => {
        const { handle, size } = await current();
        return { handle, at: Math.min(size, (await handle.stat()).size) };
      });
      const stage = await stageCompaction(path, keep).catch((error) => {
        throw fileError(path, error);
      });
      await attempt(async () => {
        try {
          const open = await current();
          // The tail was written while the stage was filled.
          const isSame = open.handle === from.handle;
          const tail = isSame ? await readFrom(open.handle, from.at) : Buffer.alloc(0);
          const { size } = await open.handle.stat();
          await exchange(await stage.put(open, { tail, assertHeld }));
          // Tokens that another process has added meanwhile are kept, and checked once more.
          isWhole = isSame && size === open.size;
        } finally {
          await stage.drop();
        }
      });
    },
    close: () => inTurn(() => exchange(undefined)),
  };
}

async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const [held, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return there?.ino === held.ino && there.dev === held.dev;
}

/** Whether the last line has no end: its writer died. */
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
