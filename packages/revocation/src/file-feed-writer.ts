import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { FeedWriter } from './feed.ts';
import { assertTokens } from './feed.ts';
import { createTurns } from './in-turn.ts';

/** For those who may read it, not for everybody. A file that is there keeps the mode it has. */
const newFileMode = 0o600;

/**
 * Opens a log file to publish in: one token a line, appended. A process may die in the middle of a line and another one
 * may replace the file; neither spoils what is published next.
 */
export async function openFileFeedWriter(path: string): Promise<FeedWriter> {
  const inTurn = createTurns();
  let file = await openLog(path);

  async function append(tokens: readonly string[]): Promise<void> {
    if (!(await isAt(path, file))) {
      await file.close();
      file = await openLog(path);
    }
    const end = (await isTorn(file)) ? '\n' : '';
    await file.appendFile(end + linesOf(tokens));
    await file.datasync();
  }

  async function replace(tokens: readonly string[]): Promise<void> {
    const { mode } = await file.stat();
    // A name of its own: what a compaction that died has left is overwritten by the next.
    const successor = `${path}.new`;
    await rm(successor, { force: true });
    const next = await open(successor, 'ax+', newFileMode);
    try {
      await next.appendFile(linesOf(tokens));
      await next.chmod(mode & 0o777);
      await next.sync();
      await rename(successor, path);
    } catch (error) {
      await next.close();
      throw error;
    }
    await file.close();
    file = next;
  }

  return {
    async publish(tokens) {
      assertTokens(tokens);
      if (tokens.length > 0) await inTurn(() => append(tokens));
    },
    async compact(keep) {
      assertTokens(keep);
      await inTurn(() => replace(keep));
    },
    close: () => inTurn(() => file.close()),
  };
}

function openLog(path: string): Promise<FileHandle> {
  return open(path, 'a+', newFileMode);
}

async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const [held, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return there?.ino === held.ino && there.dev === held.dev;
}

/** Whether the last line has no end: its writer died. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString('latin1') !== '\n';
}

function linesOf(tokens: readonly string[]): string {
  return tokens.map((token) => `${token}\n`).join('');
}
