import { type FileHandle, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { assertTokens, slicesOf } from './feed.ts';

/** Advice for a file that cannot be used, by the code of the error. */
const advices: Readonly<Record<string, string>> = {
  ENOENT: 'its folder must exist',
  ENOTDIR: 'its folder must exist',
  EACCES: 'the user service needs the right to read and write it',
  EPERM: 'the user service needs the right to read and write it',
  EROFS: 'it must not be on a read-only file system',
  EISDIR: 'a folder is in its place',
  ELOOP: 'its symbolic link leads to itself',
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
};

/** Creates an error that names the file and how to repair it. */
export function fileError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  const advice = advices[code ?? ''];
  if (advice === undefined) return error;
  return new Error(`the revocation feed ${path} cannot be written: ${advice} (${code})`, { cause: error });
}

/** Reads the code of a file system error. By structure, since the error may come from another realm. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? String(Reflect.get(error, 'code')) : undefined;
}

/** An open file at the path of the feed, and its length after the last write of this process. */
export interface OpenFile {
  readonly handle: FileHandle;
  size: number;
}

/** The lines that a compaction keeps, before they replace the file. */
export interface Stage {
  /** Replaces the file with these lines and `tail` after them. Returns the file that is then at the path. */
  put(file: OpenFile, options: PutOptions): Promise<OpenFile>;
  /** Removes temporary files. */
  drop(): Promise<void>;
}

export interface PutOptions {
  readonly tail: Buffer;
  /** Throws when this process may no longer change the file. Called at the last moment. */
  readonly assertHeld: () => void;
}

const sliceLength = 100;
/** The time that a file stays empty before it is rewritten in place: readers that are not notified check every 100 ms. */
const emptyMs = 220;
/** Errors that forbid to create or rename a file beside this one, or mean that the file itself is a mount. */
const notReplaceable = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']);

/**
 * Collects the lines that a compaction keeps. A file that only the user of this process can read is replaced by another
 * file in one step. Any other file is rewritten in place, so that it keeps the owner, group, mode, access list, links and
 * mounts that an operator chose. A file that cannot be replaced is rewritten in place as well.
 */
export async function stageCompaction(path: string, keep: Iterable<string> | AsyncIterable<string>): Promise<Stage> {
  const target = await realpath(path);
  const successor = `${target}.new`;
  const { uid, mode, nlink } = await stat(target);
  const isOurs = uid === process.getuid?.() && (mode & 0o777) === 0o600 && nlink === 1;
  const beside = isOurs ? await openBeside(successor) : undefined;
  if (beside === undefined) return stageInMemory(keep);
  try {
    for await (const lines of linesOf(keep)) await beside.appendFile(lines);
  } catch (error) {
    await beside.close();
    throw error;
  }

  let isPut = false;
  return {
    async put(file, { tail, assertHeld }) {
      await beside.appendFile(tail);
      await beside.sync();
      const { size } = await beside.stat();
      assertHeld();
      try {
        await rename(successor, target);
      } catch (error) {
        if (!isNotReplaceable(error)) throw error;
        return await overwrite(file, [await readFile(successor)]);
      }
      isPut = true;
      return { handle: beside, size };
    },
    async drop() {
      if (isPut) return;
      await beside.close();
      await rm(successor, { force: true }).catch(() => undefined);
    },
  };
}

/** The name of the temporary file: always the same, so that the next compaction overwrites the rest of a failed one. */
async function openBeside(successor: string): Promise<FileHandle | undefined> {
  try {
    await rm(successor, { force: true });
    return await open(successor, 'ax+', 0o600);
  } catch (error) {
    if (isNotReplaceable(error)) return undefined;
    throw error;
  }
}

async function stageInMemory(keep: Iterable<string> | AsyncIterable<string>): Promise<Stage> {
  const parts: Buffer[] = [];
  for await (const lines of linesOf(keep)) parts.push(lines);
  return {
    async put(file, { tail, assertHeld }) {
      assertHeld();
      return await overwrite(file, [...parts, tail]);
    },
    drop: async () => undefined,
  };
}

/**
 * Rewrites the file in place. Readers see that the file has shrunk, and read it from its start. A reader that checks too
 * late continues in the middle and misses events; the next heartbeat shows the gap, and the reader starts over.
 */
async function overwrite(file: OpenFile, parts: readonly Buffer[]): Promise<OpenFile> {
  await file.handle.truncate(0);
  await delay(emptyMs);
  for (const part of parts) await file.handle.appendFile(part);
  await file.handle.datasync();
  return { handle: file.handle, size: parts.reduce((sum, { length }) => sum + length, 0) };
}

async function* linesOf(keep: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const slice of slicesOf(keep, sliceLength)) {
    assertTokens(slice);
    yield Buffer.from(slice.map((token) => `${token}\n`).join(''));
  }
}

function isNotReplaceable(error: unknown): boolean {
  return notReplaceable.has(codeOf(error) ?? '');
}
