import { Redis } from 'ioredis';
import pg from 'pg';

/** The end of a token, which is the id of its session: what a client would hold instead, in the same header. */
const idOf = (token: string) => token.slice(-43);
/** Sent at a time. */
const batch = 2000;

/** Makes a session for each token, in Postgres and where there is one in Redis. */
export async function createSessions(
  tokens: readonly string[],
  { postgresUrl, redisUrl, scope }: { postgresUrl: string; redisUrl: string | undefined; scope: string },
): Promise<void> {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  const redis = redisUrl === undefined ? undefined : new Redis(redisUrl);
  try {
    await client.query(
      'create table sessions (id text primary key, scope text not null, expires_at timestamptz not null)',
    );
    for (let from = 0; from < tokens.length; from += batch) {
      const ids = tokens.slice(from, from + batch).map(idOf);
      await client.query(`insert into sessions select id, $2, now() + interval '1 hour' from unnest($1::text[]) id`, [
        ids,
        scope,
      ]);
      const pipeline = redis?.pipeline();
      for (const id of ids) pipeline?.set(id, scope, 'EX', 3600);
      await pipeline?.exec();
    }
    await client.query('vacuum analyze sessions');
  } finally {
    redis?.disconnect();
    await client.end();
  }
}
