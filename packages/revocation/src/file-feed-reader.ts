import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import type { FeedReader, FeedReaderOptions } from './feed.ts';
import type { Change } from './file-changes.ts';
import { createFileChanges } from './file-changes.ts';
import { maxTokenLength } from './security-event.ts';

/** Makes lines of chunks. Of a line that is too long one character too many is kept, so that its reader refuses it. */
export function createLineSplitter(maxLength: number): (chunk: string) => string[] {
  let rest = '';
  return (chunk) => {
    const [first = '', ...more] = chunk.split('\n');
    const lines = [
      rest + first.slice(0, maxLength + 1 - rest.length),
      ...more.map((line) => line.slice(0, maxLength + 1)),
    ];
    rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  };
}

const chunkBytes = 65_536;

interface OpenLog {
  readonly file: FileHandle;
  readonly split: (chunk: string) => string[];
  offset: number;
}

/**
 * Follows a log file, by reading it whenever it has changed. A last line without an end is left alone until it has one; a
 * file that was replaced, or has shrunk, is read from its start; one that is not there yet is waited for.
 */
export function openFileFeedReader(
  path: string,
  { onTokens, onTrouble, onStart, pollMs }: FeedReaderOptions & { readonly pollMs?: number },
): FeedReader {
  const closing = new AbortController();
  const changes = createFileChanges(
    pollMs === undefined ? {} : { watchedMs: pollMs, silentMs: pollMs, unwatchedMs: pollMs },
  );
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  let log: OpenLog | undefined;
  let fromStart = false;

  async function follow(): Promise<void> {
    let change: Change = 'other';
    while (!closing.signal.aborted) {
      try {
        await readNew(change);
      } catch (error) {
        await forget();
        onTrouble(error instanceof Error ? error : new Error(String(error)));
      }
      change = await changes.next();
    }
    await forget();
  }

  async function readNew(change: Change): Promise<void> {
    const before = log;
    // After one write to the open file, its new bytes are all there is to read.
    if (change === 'written' && before !== undefined && (await readRest(before))) return;
    const current = await currentLog();
    if ((await readRest(current)) && current === before && change === 'elapsed') changes.missed();
  }

  /** Reads to the end of the file. Returns whether there was anything to read. */
  async function readRest(current: OpenLog): Promise<boolean> {
    const from = current.offset;
    while (!closing.signal.aborted && !fromStart) {
      const { bytesRead } = await current.file.read(buffer, 0, chunkBytes, current.offset);
      current.offset += bytesRead;
      const tokens = current.split(buffer.toString('latin1', 0, bytesRead));
      if (tokens.length > 0) await onTokens(tokens);
      if (bytesRead < chunkBytes) break;
    }
    return current.offset > from;
  }

  async function currentLog(): Promise<OpenLog> {
    // While it is open, its inode cannot become that of another file.
    const [there, held] = await Promise.all([stat(path), log?.file.stat()]);
    const isSame = there.ino === held?.ino && there.dev === held.dev && there.size >= (log?.offset ?? 0);
    if (log !== undefined && isSame && !fromStart) return log;
    await forget();
    fromStart = false;
    log = { file: await open(path, 'r'), split: createLineSplitter(maxTokenLength), offset: 0 };
    // Before the first read: what is written after it is reported.
    changes.watch(path);
    onStart?.();
    return log;
  }

  async function forget(): Promise<void> {
    changes.unwatch();
    await log?.file.close();
    log = undefined;
  }

  const done = follow();
  return {
    startOver() {
      fromStart = true;
      changes.wake();
    },
    // What is at the path is opened: another process may still write to the file that was there.
    reconnect: changes.wake,
    async close() {
      closing.abort();
      changes.close();
      await done;
    },
  };
}
