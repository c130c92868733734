import { type FileHandle, open, stat } from 'node:fs/promises';
import type { FeedReader, FeedReaderOptions } from './feed.ts';
import { type Change, createFileChanges } from './file-changes.ts';
import { maxTokenLength } from './security-event.ts';

/** Creates the function that splits chunks into lines. A longer line is cut at `maxLength + 1`, so that its reader refuses it. */
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
 * Follows a log file by reading it whenever it has changed. An unfinished last line is read when it is complete. A file
 * that was replaced or has shrunk is read from its start. A missing file is retried.
 */
export function openFileFeedReader(
  path: string,
  { onTokens, onError, onStart, pollMs }: FeedReaderOptions & { readonly pollMs?: number },
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
        onError(error instanceof Error ? error : new Error(String(error)));
      }
      change = await changes.next();
    }
    await forget();
  }

  async function readNew(change: Change): Promise<void> {
    const before = log;
    // A single write to the open file was reported, so the path need not be checked.
    if (change === 'written' && before !== undefined && (await readRest(before))) return;
    const current = await currentLog();
    if ((await readRest(current)) && current === before && change === 'elapsed') changes.missed();
  }

  /** Reads to the end of the file. Returns whether any byte was read. */
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
    // The inode of an open file cannot become that of another file.
    const [there, opened] = await Promise.all([stat(path), log?.file.stat()]);
    const isSame = there.ino === opened?.ino && there.dev === opened.dev && there.size >= (log?.offset ?? 0);
    if (log !== undefined && isSame && !fromStart) return log;
    await forget();
    fromStart = false;
    log = { file: await open(path, 'r'), split: createLineSplitter(maxTokenLength), offset: 0 };
    // Before the first read, so that every later write is reported.
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
    // Opens the file at the path, since another process may still write to the one that was there.
    reconnect: changes.wake,
    async close() {
      closing.abort();
      changes.close();
      await done;
    },
  };
}
