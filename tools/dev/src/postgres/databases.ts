import { createConnection } from '@auth/db/connection';
import type pg from 'pg';

import { PostgresError } from './error.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** The codes for an existing database; the second one appears when two create it at the same moment. */
const DUPLICATE_DATABASE = new Set(['42P04', '23505']);
const LOGIN_REFUSED = new Set(['28P01', '28000']);

/**
 * Creates the database named in `url` when it is missing, and returns whether it was. Connects to the server's database
 * `postgres`.
 *
 * @throws PostgresError `database_unreachable`, `database_login_refused`, `database_url_invalid`, `database_failed`.
 */
export const ensureDatabase = (url: string): Promise<boolean> =>
  withMaintenance(url, async (client, name) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount !== 0) return false;
    try {
      await client.query(`create database ${client.escapeIdentifier(name)}`);
      return true;
    } catch (error) {
      // Another process created it first.
      if (DUPLICATE_DATABASE.has(codeOf(error) ?? '')) return false;
      throw error;
    }
  });

/** Creates the database named in `url` as a copy of `template`, to which no client may be connected. */
export const createFromTemplate = (url: string, template: string): Promise<void> =>
  withMaintenance(url, async (client, name) => {
    const [target, source] = [client.escapeIdentifier(name), client.escapeIdentifier(template)];
    // Copying files takes 12 ms; the default, copying through the WAL, takes 33 ms.
    await client.query(`create database ${target} template ${source} strategy file_copy`);
  });

/** Drops the database named in `url`, if it exists, and ends the connections to it. */
export const dropDatabase = (url: string): Promise<void> =>
  withMaintenance(url, async (client, name) => {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
  });

async function withMaintenance<T>(url: string, work: (client: pg.Client, name: string) => Promise<T>): Promise<T> {
  const target = parse(url);
  const name = decodeURIComponent(target.pathname.slice(1));
  const maintenance = new URL(target);
  maintenance.pathname = '/postgres';
  const client = connectionTo(maintenance.href);
  try {
    await client.connect();
    return await work(client, name);
  } catch (error) {
    throw explain(error, `${target.host}/${name}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function connectionTo(url: string): pg.Client {
  try {
    return createConnection({ url, connectTimeoutMs: CONNECT_TIMEOUT_MS });
  } catch (cause) {
    throw new PostgresError('database_url_invalid', textOf(cause, 'message') ?? 'The URL cannot be used', { cause });
  }
}

function parse(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isPostgres = parsed !== undefined && /^postgres(ql)?:$/.test(parsed.protocol);
  if (isPostgres && parsed.pathname.length > 1) return parsed;
  const shape = 'postgresql://<user>:<password>@<host>:<port>/<database>';
  throw new PostgresError('database_url_invalid', `A database URL has the form ${shape}; this one does not.`);
}

function explain(cause: unknown, where: string): PostgresError {
  const code = codeOf(cause);
  const reason = textOf(cause, 'message') ?? code ?? 'no reason given';
  if (code !== undefined && LOGIN_REFUSED.has(code)) {
    const message = `The database server refuses the user or password of ${where} (${reason})`;
    return new PostgresError('database_login_refused', `${message}. Correct them in the database's URL.`, { cause });
  }
  // A code of five characters comes from Postgres itself, so the server was reached.
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P)/.test(code)) {
    return new PostgresError('database_failed', `Postgres refuses for ${where}: ${reason} (${code}).`, { cause });
  }
  const message = `No database server answers for ${where} (${reason})`;
  return new PostgresError('database_unreachable', `${message}. Is it running, and is the URL right?`, { cause });
}

/** Reads a member by structure: an error of Node's core is not an `instanceof Error` in another realm, such as Jest's. */
const codeOf = (error: unknown): string | undefined => textOf(error, 'code');

function textOf(error: unknown, key: 'code' | 'message'): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
