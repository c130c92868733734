import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Closers } from '@auth/dev/stack/closers';
import pg from 'pg';
import type { Child } from '../../measure/child.ts';
import { startChild } from '../../measure/child.ts';
import type { MeasuredRedis } from '../../measure/redis.ts';
import { openMeasuredRedis } from '../../measure/redis.ts';
import type { MeasuredPostgres } from '../../measure/stores.ts';
import { openMeasuredPostgres } from '../../measure/stores.ts';
import { checkRow } from './check.ts';
import { pin, splitCores } from './cores.ts';
import type { Row } from './rows.ts';
import { rows } from './rows.ts';
import { createSessions } from './sessions.ts';
import type { BenchSettings } from './settings.ts';
import { tokensOf } from './settings.ts';
import { issueTokens } from './tokens.ts';

/** A row, running in a process of its own. */
export interface Server {
  readonly row: Row;
  readonly pid: number;
  readonly url: string;
}

/** Everything that is measured, running and checked, and what sends the requests. */
export interface Stage {
  readonly servers: readonly Server[];
  readonly load: Child;
  readonly postgres: MeasuredPostgres;
  readonly redis: MeasuredRedis | undefined;
  /** Characters of a token. */
  readonly tokenLength: number;
}

export interface StageOptions {
  readonly settings: BenchSettings;
  readonly redisUrl: string | undefined;
  readonly closers: Closers;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A server has one core: threads that help its garbage collector would wait for each other there, more in one turn than in the next. While it waits for its turn V8 would shrink its heap. */
const serverOptions = ['--single-threaded-gc', '--no-memory-reducer'];
const claims = { issuer: 'https://auth.example', audience: ['user', 'product', 'order'] };
const granted = 'account product:read order:read order:write';

/** Opens the stores and starts a server for each row. What is open is added to the closers at once. */
export async function openStage({ settings, redisUrl, closers, tell, signal }: StageOptions): Promise<Stage> {
  const cores = splitCores();
  if (cores === undefined)
    tell('NOT PINNED: the servers share their cores with the load, for want of taskset or of a second core');
  const { postgres, redis } = await openStores(redisUrl, closers);
  if (redis === undefined)
    tell('SKIPPED, no Redis is here: a session in Redis. Install redis-server, or set REDIS_URL');
  tell('signing tokens, and making a session for each of them');
  const { jwks, tokens } = await issueTokens({ ...claims, scope: granted, count: tokensOf(settings) });
  const urls = { postgresUrl: postgres.url('sessions'), redisUrl: redis?.url };
  await createSessions(tokens, { ...urls, scope: granted });
  const common = {
    ...{ issuer: claims.issuer, audience: 'product', scope: 'product:read', jwks, ...urls },
    jwksUrl: await publish(jwks, closers),
  };
  tell('starting a server for each row, and checking what it lets in');
  const servers: Server[] = [];
  const wanted = rows.filter(({ key }) => settings.rows?.includes(key) ?? true);
  for (const row of wanted.filter(({ store }) => store !== 'redis' || redis !== undefined)) {
    signal.throwIfAborted();
    const child = startChild('server.mjs', signal, serverOptions);
    closers.add(child.close);
    if (cores !== undefined) pin(child.pid, cores.server);
    const guardSettings = { ...common, ...row.settings };
    const { port } = await child.ask<{ port: number }>({ guard: row.guard, settings: guardSettings });
    const url = `http://127.0.0.1:${port}/products/1`;
    await checkRow(row, url, tokens[0] ?? '');
    servers.push({ row, pid: child.pid, url });
  }
  const load = startChild('load.mjs', signal);
  closers.add(load.close);
  await load.ask({ tokens });
  return { servers, load, postgres, redis, tokenLength: tokens[0]?.length ?? 0 };
}

async function openStores(redisUrl: string | undefined, closers: Closers) {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-http-'));
  closers.add(() => rm(dataDir, { recursive: true, force: true }));
  // Postgres runs as another user when we are root: it has to reach its data.
  await chmod(dataDir, 0o755);
  const redis = await openMeasuredRedis(redisUrl);
  if (redis !== undefined) closers.add(redis.close);
  const postgres = await openMeasuredPostgres(dataDir);
  closers.add(postgres.close);
  const client = new pg.Client(postgres.url('postgres'));
  await client.connect();
  await client.query('create database sessions');
  await client.end();
  return { postgres, redis };
}

/** Serves the key set, for who wants to fetch it. */
async function publish(jwks: object, closers: Closers): Promise<string> {
  const server = createServer((_req, res) => {
    res.setHeader('Content-Type', 'application/json').end(JSON.stringify(jwks));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/jwks.json`;
}
