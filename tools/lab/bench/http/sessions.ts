import { Redis } from 'ioredis';
import pg from 'pg';
import { subjectOf } from './tokens.ts';

/** The end of a token, which is the id of its session: what a client would hold instead, in the same header. */
const idOf = (token: string) => token.slice(-43);
/** Sent at a time. */
const batch = 2000;
const insert = `insert into sessions select id, user_id, $3, now() + interval '1 hour'
  from unnest($1::text[], $2::uuid[]) as session (id, user_id)`;

/** Makes a session for each token, in Postgres and where there is one in Redis. */
export async function createSessions(
  tokens: readonly string[],
  { postgresUrl, redisUrl, scope }: { postgresUrl: string; redisUrl: string | undefined; scope: string },
): Promise<void> {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  const scopes = scope.split(' ');
  const redis = redisUrl === undefined ? undefined : new Redis(redisUrl);
  try {
    await client.query(
      'create table sessions (id text primary key, user_id uuid not null, scope text not null, expires_at timestamptz not null)',
    );
    for (let from = 0; from < tokens.length; from += batch) {
      const sessions = tokens.slice(from, from + batch).map((token) => ({ id: idOf(token), user: subjectOf(token) }));
      await client.query(insert, [sessions.map(({ id }) => id), sessions.map(({ user }) => user), scope]);
      const pipeline = redis?.pipeline();
      for (const { id, user } of sessions) pipeline?.set(id, JSON.stringify({ user, scopes }), 'EX', 3600);
      await pipeline?.exec();
    }
    await client.query('vacuum analyze sessions');
  } finally {
    redis?.disconnect();
    await client.end();
  }
}
