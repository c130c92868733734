import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { env } from 'node:process';
import { readTestServer } from '@auth/testkit/test-server';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createFromTemplate, dropDatabase, ensureDatabase } from './databases.ts';
import { freePort } from './free-port.ts';

function newUrl(): string {
  const { url, prefix } = readTestServer(env);
  // A name that has to be quoted, in SQL and in the URL.
  return new URL(`/${encodeURIComponent(`${prefix} "b" ${randomBytes(4).toString('hex')}`)}`, url).href;
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

describe('ensureDatabase', () => {
  it('creates a database once', async () => {
    const url = newUrl();
    expect(await ensureDatabase(url)).toBe(true);
    expect(await ensureDatabase(url)).toBe(false);
    await dropDatabase(url);
    expect(await ensureDatabase(url)).toBe(true);
    await dropDatabase(url);
  });

  it('creates it once for concurrent callers', async () => {
    const url = newUrl();
    const created = await Promise.all([ensureDatabase(url), ensureDatabase(url), ensureDatabase(url)]);
    expect(created.filter(Boolean)).toHaveLength(1);
    await dropDatabase(url);
  });

  it('names the refused login, but not the password', async () => {
    const url = new URL(newUrl());
    url.password = 'wrong-horse';
    const error = await refusal(ensureDatabase(url.href));
    expect(error).toMatchObject({ code: 'database_login_refused' });
    expect(String(error)).toContain(url.host);
    expect(String(error)).not.toContain('wrong-horse');
  });

  it('names the server that does not listen, but not the password', async () => {
    const port = await freePort();
    const error = await refusal(ensureDatabase(`postgresql://ada:horse@127.0.0.1:${port}/shop`));
    expect(error).toMatchObject({ code: 'database_unreachable' });
    expect(String(error)).toContain(`127.0.0.1:${port}/shop`);
    expect(String(error)).not.toContain('horse');
  });

  it('names the server that closes the connection', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error = await refusal(ensureDatabase(`postgresql://ada:horse@127.0.0.1:${port}/shop`));
    expect(error).toMatchObject({ code: 'database_unreachable' });
    server.close();
  });

  it.each(['', 'shop', 'mysql://ada:horse@127.0.0.1/shop', 'postgresql://ada:horse@127.0.0.1'])(
    'refuses %j as a URL without repeating it',
    async (url) => {
      const error = await refusal(ensureDatabase(url));
      expect(error).toMatchObject({ code: 'database_url_invalid' });
      expect(String(error)).not.toContain('horse');
    },
  );
});

describe('createFromTemplate', () => {
  it('copies a database with its content', async () => {
    const [template, copy] = [newUrl(), newUrl()];
    await ensureDatabase(template);
    const run = async (url: string, sql: string): Promise<unknown[]> => {
      const client = new pg.Client(url);
      await client.connect();
      return client.query(sql).then(({ rows }) => client.end().then(() => rows));
    };
    await run(template, 'create table things as select 42 as answer');
    await createFromTemplate(copy, decodeURIComponent(new URL(template).pathname.slice(1)));
    expect(await run(copy, 'select * from things')).toEqual([{ answer: 42 }]);
    await Promise.all([dropDatabase(template), dropDatabase(copy)]);
  });

  it('reports the refusal of Postgres', async () => {
    const error = await refusal(createFromTemplate(newUrl(), 'nothing'));
    expect(error).toMatchObject({ code: 'database_failed' });
    expect(String(error)).toContain('"nothing" does not exist');
  });
});
