import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, kill, pid as ownPid } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openPlainProgram, type PlainProgram } from '@auth/testkit/plain-program';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { findRunningPostgres } from './lock.ts';
import { type Postgres, startPostgres, usePostgres } from './postgres.ts';

/** The tests share one cluster, since creating one is slow; each has its own table. */
let dataDir: string;
let holder: PlainProgram;
beforeAll(async () => {
  holder = await openPlainProgram(fileURLToPath(new URL('./hold-postgres.fixture.ts', import.meta.url)));
  dataDir = await mkdtemp(join(tmpdir(), 'devstack-'));
  // Others may enter it, like a checkout.
  await chmod(dataDir, 0o755);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  return client.query(sql).then(({ rows }) => client.end().then(() => rows));
};

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}

/** Starts a process that holds a Postgres. */
async function hold(...args: string[]): Promise<{ owner: ChildProcess; pid: number; url: string }> {
  const owner = holder({ args, env });
  const [line]: string[] = await once(createInterface(owner.stdout), 'line');
  const { pid, url }: { pid: number; url: string } = JSON.parse(line ?? '{}');
  return { owner, pid, url };
}

describe('startPostgres', () => {
  describe('with a data folder', () => {
    it('uses the data and the password, in a file of mode 600, again at the next start', async () => {
      const first = await startPostgres({ dataDir });
      await query(first.url('postgres'), 'create table restarted as select 1 as n');
      await first.stop();
      expect(isAlive(first.pid)).toBe(false);
      const second = await startPostgres({ dataDir });
      expect(await query(second.url('postgres'), 'select n from restarted')).toEqual([{ n: 1 }]);
      expect(await query(second.url('postgres'), 'show fsync')).toEqual([{ fsync: 'on' }]);
      await second.stop();
      const file = join(dataDir, 'postgres', 'password');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const password = (await readFile(file, 'utf8')).trim();
      expect([first, second].map(passwordOf)).toEqual([password, password]);
    });

    it.each(['SIGKILL', 'SIGTERM'] as const)(
      'loses nothing that was committed when its process gets %s',
      async (signal) => {
        const { owner, pid, url } = await hold(dataDir);
        await query(url, `create table survived_${signal} as select 1 as n`);
        owner.kill(signal);
        const next = await startPostgres({ dataDir });
        expect(isAlive(pid)).toBe(false);
        expect(await query(next.url('postgres'), `select n from survived_${signal}`)).toEqual([{ n: 1 }]);
        await next.stop();
      },
    );

    it('starts after everything was killed at once', async () => {
      const first = await startPostgres({ dataDir });
      await query(first.url('postgres'), 'create table crashed as select 1 as n');
      kill(first.pid, 'SIGKILL');
      await first.stop();
      // The process id in the lock file may belong to another process by now: here to that of the test.
      const lock = join(dataDir, 'postgres', 'data', 'postmaster.pid');
      const [, ...rest] = (await readFile(lock, 'utf8')).split('\n');
      await writeFile(lock, [ownPid, ...rest].join('\n'));
      const second = await startPostgres({ dataDir });
      expect(await query(second.url('postgres'), 'select n from crashed')).toEqual([{ n: 1 }]);
      await second.stop();
    });

    it('refuses a cluster that another Postgres holds, and names it', async () => {
      const first = await startPostgres({ dataDir });
      const error = await refusal(startPostgres({ dataDir }));
      expect(error).toMatchObject({ code: 'postgres_in_use' });
      expect(String(error)).toContain(`pid ${first.pid}`);
      expect(await query(first.url('postgres'), 'select 1 as n')).toEqual([{ n: 1 }]);
      await first.stop();
    });

    it('refuses the cluster of another version', async () => {
      await (await startPostgres({ dataDir })).stop();
      const file = join(dataDir, 'postgres', 'data', 'PG_VERSION');
      const version = await readFile(file, 'utf8');
      await writeFile(file, '15\n');
      const error = await refusal(startPostgres({ dataDir }));
      await writeFile(file, version);
      expect(error).toMatchObject({ code: 'postgres_version' });
      expect(String(error)).toMatch(/made by Postgres 15.*Move or remove/s);
    });

    it('reports a port in use', async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const error = await refusal(startPostgres({ dataDir, port }));
      expect(error).toMatchObject({ code: 'port_in_use' });
      expect(String(error)).toContain(String(port));
      server.close();
    });

    it('creates one cluster for two concurrent starts', async () => {
      const both = { dataDir: join(dataDir, 'both') };
      const results = await Promise.allSettled([startPostgres(both), startPostgres(both)]);
      const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(started).toHaveLength(1);
      expect(await readdir(both.dataDir)).toEqual(['postgres']);
      await Promise.all(started.map((postgres) => postgres.stop()));
    });
  });

  describe('without a data folder', () => {
    it('listens on 127.0.0.1 only, at the given port, and leaves no files when it is stopped', async () => {
      const port = await freePort();
      const postgres = await startPostgres({ port });
      const sql = `select name, setting from pg_settings where name in
        ('data_directory', 'listen_addresses', 'port', 'unix_socket_directories') order by name`;
      const settings = (await query(postgres.url('postgres'), sql)).map((row) => Object(row).setting);
      expect(settings).toEqual([expect.stringContaining('auth-postgres-'), '127.0.0.1', String(port), '']);
      await Promise.all([postgres.stop(), postgres.stop()]);
      expect(isAlive(postgres.pid)).toBe(false);
      expect(await exists(settings[0])).toBe(false);
    });

    it('leaves no files when its process is killed', async () => {
      const { owner, pid, url } = await hold();
      const [row] = await query(url, 'show data_directory');
      owner.kill('SIGKILL');
      const folder = String(Object.values(row ?? {})[0]);
      while (isAlive(pid) || (await exists(folder))) await delay(10);
      expect(await refusal(query(url, 'select 1'))).toMatchObject({ code: 'ECONNREFUSED' });
    });
  });
});

describe('usePostgres', () => {
  it('uses the Postgres that runs on the data, and leaves it running', async () => {
    const running = await startPostgres({ dataDir });
    // Postgres logs that it is ready a moment before it writes this to the file that other processes read.
    while ((await findRunningPostgres(join(dataDir, 'postgres', 'data')))?.status !== 'ready') await delay(10);
    const used = await usePostgres({ dataDir });
    expect(used.url('shop')).toBe(running.url('shop'));
    await used.stop();
    expect(isAlive(running.pid)).toBe(true);
    await running.stop();
  });

  it('starts a Postgres when none runs', async () => {
    const used = await usePostgres({ dataDir });
    expect(await query(used.url('postgres'), 'select 1 as n')).toEqual([{ n: 1 }]);
    await used.stop();
  });
});

const passwordOf = (postgres: Postgres): string => new URL(postgres.url('postgres')).password;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
