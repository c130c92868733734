import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Closers } from '@auth/dev/stack/closers';
import pg from 'pg';
import { type Child, startChild } from '../../measure/child.ts';
import { createDataDir } from '../../measure/stack.ts';
import {
  type MeasuredPostgres,
  type MeasuredRedis,
  openMeasuredPostgres,
  openMeasuredRedis,
} from '../../measure/stores.ts';
import { createSessions, issueTokens, subjectOf } from './credentials.ts';
import { neighboursFolder } from './neighbours.ts';
import { type Row, rows } from './rows.ts';
import { type BenchSettings, tokensOf } from './settings.ts';

/** A row, running in a process of its own. */
export interface Server {
  readonly row: Row;
  readonly pid: number;
  readonly url: string;
}

/** The servers of all rows, checked, with their stores and the load generator. */
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
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A server has one core, on which helper threads of the garbage collector would wait for each other. The heap of a waiting server must not shrink. */
const serverOptions = ['--single-threaded-gc', '--no-memory-reducer'];
const claims = { issuer: 'https://auth.example', audience: ['user', 'product', 'order'] };
const scope = 'account product:read order:read order:write';

/** Opens the stores and starts a server for each row. Each is added to the closers at once. */
export async function openStage({ settings, redisUrl, closers, progress, signal }: StageOptions): Promise<Stage> {
  const serverCore = splitCores();
  if (serverCore === undefined)
    progress('NOT PINNED: the servers share their cores with the load, for want of taskset or of a second core');
  const { postgres, redis } = await openStores(redisUrl, closers);
  if (redis === undefined)
    progress('SKIPPED, no Redis is here: a session in Redis. Install redis-server, or set REDIS_URL');
  progress('signing tokens, and creating a session for each of them');
  const { jwks, tokens } = await issueTokens({ ...claims, scope, count: tokensOf(settings) });
  const [token = ''] = tokens;
  const urls = { postgresUrl: postgres.url('sessions'), redisUrl: redis?.url };
  await createSessions(tokens, { ...urls, scope });
  const common = {
    issuer: claims.issuer,
    audience: 'product',
    scope: 'product:read',
    jwks,
    jwksUrl: await serveKeys(jwks, closers),
    ...urls,
  };
  progress('starting a server for each row, and checking its guard');
  const servers: Server[] = [];
  const wanted = rows.filter(({ key }) => settings.rows?.includes(key) ?? true);
  for (const row of wanted.filter(({ store }) => store !== 'redis' || redis !== undefined)) {
    signal.throwIfAborted();
    const child = startChild(join(neighboursFolder, 'server.mjs'), serverOptions, signal);
    closers.add(child.close);
    if (serverCore !== undefined) pin(child.pid, serverCore);
    const guardSettings = { ...common, ...row.settings };
    const { port } = await child.ask<{ port: number }>({ guard: row.guard, settings: guardSettings });
    const url = `http://127.0.0.1:${port}/products/1`;
    await checkRow(row, url, token);
    servers.push({ row, pid: child.pid, url });
  }
  const load = startChild(join(neighboursFolder, 'load.mjs'), [], signal);
  closers.add(load.close);
  await load.ask({ tokens });
  return { servers, load, postgres, redis, tokenLength: token.length };
}

async function openStores(redisUrl: string | undefined, closers: Closers) {
  const dataDir = await createDataDir('bench-http-');
  closers.add(() => rm(dataDir, { recursive: true, force: true }));
  const redis = await openMeasuredRedis(redisUrl, closers);
  const postgres = await openMeasuredPostgres(dataDir, closers);
  const client = new pg.Client(postgres.url('postgres'));
  await client.connect();
  await client.query('create database sessions');
  await client.end();
  return { postgres, redis };
}

/** Serves the key set, for guards that fetch it. */
async function serveKeys(jwks: object, closers: Closers): Promise<string> {
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

/**
 * Moves this process, and so its children, off the first core, and returns the first one for the servers. A scheduler that
 * moves the server and its load changes the cost of a request. `undefined` with one core or without `taskset`.
 */
function splitCores(): string | undefined {
  const count = availableParallelism();
  return count >= 2 && pin(process.pid, count === 2 ? '1' : `1-${count - 1}`) ? '0' : undefined;
}

/** Keeps all threads of a process on some cores. `false` where that is not possible. */
function pin(pid: number, cores: string): boolean {
  return spawnSync('taskset', ['-a', '-c', '-p', cores, String(pid)]).status === 0;
}

/**
 * Checks the guard of a row: a valid token is accepted and its user reaches the route, no token and an altered one are refused.
 *
 * @throws Error with the row and its answer
 */
async function checkRow({ isOpen = false, title }: Row, url: string, token: string): Promise<void> {
  const at = token.length - 20;
  const altered = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
  const expected: readonly (readonly [string, string | undefined, number])[] = [
    ['a valid token', token, 200],
    ['no token', undefined, 401],
    ['an altered token', altered, 401],
  ];
  for (const [what, sent, status] of expected) {
    const wanted = isOpen ? 200 : status;
    const response = await fetch(url, { headers: sent === undefined ? {} : { authorization: `Bearer ${sent}` } });
    const body = await response.text();
    if (response.status !== wanted)
      throw new Error(`${title} answered ${response.status} to ${what}, where ${wanted} was expected`);
    if (status === 200 && !isOpen && (JSON.parse(body) as { user?: unknown }).user !== subjectOf(token))
      throw new Error(`${title} does not hand the user of ${what} to the route`);
  }
}
