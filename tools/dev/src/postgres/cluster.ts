import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { getgid, getuid } from 'node:process';
import { promisify } from 'node:util';
import { assertOurs, findClosedFolder, makeOpenFolder, type PostgresAccount } from './account.ts';
import { POSTGRES_ENV, type PostgresBinaries, ROOT_STATE_DIR } from './binaries.ts';
import { PostgresError } from './error.ts';

/** A database cluster on disk. */
export interface Cluster {
  /** The folder that holds everything of this cluster. */
  readonly home: string;
  /** Postgres' data directory, inside `home`. */
  readonly data: string;
  /** Of the superuser `postgres`. */
  readonly password: string;
}

const run = promisify(execFile);

/** A folder that Linux keeps in memory: creating a database takes a tenth of the time. */
const IN_MEMORY = '/dev/shm';
/** The free space that the tests need. A container often has only 64 MB there. */
const ROOM_BYTES = 2 ** 30;

/**
 * Opens the cluster of `dataDir`, and creates it when it is missing. Existing data is never removed or replaced.
 *
 * @throws PostgresError `postgres_version` for a cluster of another major version, `postgres_data_unusable` when its
 * files cannot be used.
 */
export async function openPersistentCluster(
  dataDir: string,
  options: { binaries: PostgresBinaries; account: PostgresAccount; onProgress: (line: string) => void },
): Promise<Cluster> {
  const { binaries, account, onProgress } = options;
  const home = await findHome(resolve(dataDir), account, onProgress);
  if (!(await exists(home))) {
    onProgress(`creating a database cluster in ${home}`);
    await (account.uid === undefined ? mkdir(dirname(home), { recursive: true }) : makeOpenFolder(dirname(home)));
    // A rename creates the cluster in one step, so that an interrupted start leaves no incomplete one.
    const staging = await mkdtemp(`${home}.new-`);
    await initialise(staging, { binaries, account, sync: true });
    await rename(staging, home).catch(async (error: unknown) => {
      await rm(staging, { recursive: true, force: true });
      if (!(await exists(home))) throw error;
    });
  }
  await assertOurs(home);
  return readCluster(home, binaries, account);
}

/** Creates an empty cluster in memory, or in the folder for temporary files when memory is short. The caller removes it. */
export async function createTemporaryCluster(binaries: PostgresBinaries, account: PostgresAccount): Promise<Cluster> {
  const onDisk = (await findClosedFolder(tmpdir(), account)) === undefined ? tmpdir() : '/tmp';
  const parent = (await hasRoom(IN_MEMORY)) ? IN_MEMORY : onDisk;
  const home = await mkdtemp(join(parent, 'auth-postgres-'));
  await initialise(home, { binaries, account, sync: false });
  // The guard, which runs as the account of Postgres, removes a temporary cluster.
  await give([home], account);
  return readCluster(home, binaries, account);
}

const hasRoom = (folder: string): Promise<boolean> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize >= ROOM_BYTES,
    () => false,
  );

/** Finds the place of the cluster of `dataDir`: existing data decides, otherwise whether Postgres can enter the folder. */
async function findHome(
  dataDir: string,
  account: PostgresAccount,
  onProgress: (line: string) => void,
): Promise<string> {
  const inPlace = join(dataDir, 'postgres');
  const closed = await findClosedFolder(dataDir, account);
  if (await exists(inPlace)) {
    if (closed === undefined) return inPlace;
    const problem = `Postgres runs as uid ${account.uid} and cannot reach its data in ${inPlace}: others may not enter ${closed}`;
    throw new PostgresError('postgres_data_unusable', `${problem}. Let them: chmod o+x ${closed}`);
  }
  // Named by the path of the checkout, so that a checkout always finds its own data.
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const elsewhere = join(ROOT_STATE_DIR, `data-${name}`);
  if (closed === undefined && !(account.uid !== undefined && (await exists(elsewhere)))) return inPlace;
  onProgress(`the database of ${dataDir} is kept in ${elsewhere}${closed ? `: only root may enter ${closed}` : ''}`);
  return elsewhere;
}

async function initialise(
  home: string,
  options: { binaries: PostgresBinaries; account: PostgresAccount; sync: boolean },
): Promise<void> {
  const { binaries, account, sync } = options;
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  // Others may pass through to `data`, which only its owner may enter, but cannot list this folder.
  await chmod(home, account.uid === undefined ? 0o700 : 0o711);
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  await give([data, passwordFile], account);
  const args = ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
  // Byte order for sorting, Unicode for upper and lower case, and the same on every machine.
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  try {
    await run(join(binaries.bin, 'initdb'), [...args, ...locale, '--no-instructions', ...(sync ? [] : ['--no-sync'])], {
      ...account,
      cwd: '/',
      env: POSTGRES_ENV,
    });
  } catch (cause) {
    await rm(home, { recursive: true, force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PostgresError('postgres_failed', `initdb could not create a cluster in ${home}: ${reason}`, { cause });
  }
  await give([passwordFile], { uid: getuid?.() ?? 0, gid: getgid?.() ?? 0 });
}

const give = async (paths: string[], { uid, gid }: PostgresAccount): Promise<void> => {
  if (uid === undefined || gid === undefined) return;
  await Promise.all(paths.map((path) => chown(path, uid, gid)));
};

async function readCluster(home: string, binaries: PostgresBinaries, account: PostgresAccount): Promise<Cluster> {
  const data = join(home, 'data');
  try {
    const owner = (await stat(data)).uid;
    const expected = account.uid ?? getuid?.() ?? owner;
    if (owner !== expected) throw new Error(`it belongs to uid ${owner}, and Postgres runs as uid ${expected}`);
    const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
    if (version !== binaries.major) throw otherVersion(home, version, binaries.major);
    return { home, data, password: (await readFile(join(home, 'password'), 'utf8')).trim() };
  } catch (cause) {
    if (cause instanceof PostgresError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = `Give it back to its owner, or remove ${home} to begin with an empty database`;
    throw new PostgresError(
      'postgres_data_unusable',
      `The database cluster in ${home} cannot be used: ${reason}. ${fix}.`,
      {
        cause,
      },
    );
  }
}

const otherVersion = (home: string, made: string, ours: string): PostgresError =>
  new PostgresError(
    'postgres_version',
    `The database cluster in ${home} was made by Postgres ${made}; this is Postgres ${ours}, which cannot read it. ` +
      `Move or remove ${home} to begin with an empty database, or dump its data with Postgres ${made} first.`,
  );

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
