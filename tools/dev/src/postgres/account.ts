import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getuid } from 'node:process';

import { PostgresError } from './error.ts';

/** The operating-system account of Postgres. Without `uid` and `gid` it is that of this process. */
export interface PostgresAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/** "nobody" exists on every Unix, so root can drop its rights without useradd. */
const NOBODY = 65534;

/** Returns "nobody" for root, since Postgres refuses to run as root, and the current account otherwise. */
export const postgresAccount = (): PostgresAccount => (isRoot() ? { uid: NOBODY, gid: NOBODY } : {});

/** Whether this process runs as root. */
export const isRoot = (): boolean => getuid?.() === 0;

/** Finds the first folder on the way to `path` that `account` may not enter; `undefined` without one. */
export async function findClosedFolder(path: string, account: PostgresAccount): Promise<string | undefined> {
  if (account.uid === undefined) return undefined;
  const parent = dirname(path);
  const closed = parent === path ? undefined : await findClosedFolder(parent, account);
  if (closed !== undefined) return closed;
  const info = await stat(path).catch(() => undefined);
  if (info === undefined || !info.isDirectory() || info.uid === account.uid) return undefined;
  return (info.mode & 0o001) === 0 ? path : undefined;
}

/** @throws PostgresError `postgres_data_unusable` unless `path` belongs to the account and no other may write to it. */
export async function assertOurs(path: string): Promise<void> {
  const info = await stat(path);
  if (info.uid === (getuid?.() ?? info.uid) && (info.mode & 0o022) === 0) return;
  const problem = `${path} belongs to uid ${info.uid} or others may write to it, so nothing in it is trusted`;
  throw new PostgresError('postgres_data_unusable', `${problem}. Run as that user, or remove the folder.`);
}

/** Creates a folder that others may enter, with any umask. Leaves an existing folder as it is. */
export async function makeOpenFolder(path: string): Promise<void> {
  if ((await mkdir(path, { recursive: true })) !== undefined) await chmod(path, 0o755);
}
