import type { FileHandle } from 'node:fs/promises';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { assertTokens, slicesOf } from './feed.ts';
import { codeOf } from './file-error.ts';

/** An open file at the path of the feed, and how long it was after this process had written to it. */
export interface OpenFile {
  readonly handle: FileHandle;
  size: number;
}

/** What a compaction keeps, until it takes the place of the file. */
export interface Stage {
  /** Puts it in the place of the file, with `tail` behind it, and returns the file that is there then. */
  put(file: OpenFile, options: PutOptions): Promise<OpenFile>;
  /** Removes what is left. */
  drop(): Promise<void>;
}

export interface PutOptions {
  readonly tail: Buffer;
  /** Throws when this process must not change the file any more: called at the last moment. */
  readonly assertHeld: () => void;
}

const sliceLength = 100;
/** The right to make or rename a file beside this one is missing, or the file itself is a mount. */
const notReplaceable = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']);

/**
 * Collects what a compaction keeps. A file that only this process's user can read is replaced by another one, in one step.
 * Any other file was made by someone who chose who may read it: its owner, group, mode, access list, links and mounts stay,
 * since it is written anew in its place. So is a file that cannot be replaced.
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

/** A name of its own, so that what a compaction that died has left is overwritten by the next. */
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

/** Readers see that the file has shrunk, and read it from its start. */
async function overwrite(file: OpenFile, parts: readonly Buffer[]): Promise<OpenFile> {
  await file.handle.truncate(0);
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
