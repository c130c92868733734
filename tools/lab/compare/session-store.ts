import { createHash, randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';

/** The user and the scopes of a session. */
export interface SharedSession {
  readonly userId: string;
  readonly scopes: readonly string[];
}

/** Sessions that all services share. The store holds only the hash of a session id. */
export interface SessionStore {
  /** @returns the session id, for the client */
  create(session: SharedSession): Promise<string>;
  find(id: string): Promise<SharedSession | undefined>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

const lifeSeconds = 3600;

/** Opens sessions in a table: one prepared statement for each request, which is less work than an ORM's query. */
export async function openPostgresSessions(url: string): Promise<SessionStore> {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 3000, statement_timeout: 5000 });
  pool.on('error', () => undefined);
  await pool.query(
    'create table if not exists sessions (hash bytea primary key, user_id uuid not null, scope text not null, expires_at timestamptz not null)',
  );
  const text = 'select user_id, scope from sessions where hash = $1 and expires_at > now()';
  return {
    async create({ userId, scopes }) {
      const id = newId();
      await pool.query(`insert into sessions values ($1, $2, $3, now() + interval '${lifeSeconds} seconds')`, [
        hashOf(id),
        userId,
        scopes.join(' '),
      ]);
      return id;
    },
    async find(id) {
      const { rows } = await pool.query<{ user_id: string; scope: string }>({
        name: 'find',
        text,
        values: [hashOf(id)],
      });
      return rows[0] && { userId: rows[0].user_id, scopes: rows[0].scope.split(' ') };
    },
    async remove(id) {
      await pool.query('delete from sessions where hash = $1', [hashOf(id)]);
    },
    close: () => pool.end(),
  };
}

/** Opens sessions in Redis, which removes expired ones. */
export async function openRedisSessions(url: string): Promise<SessionStore> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, commandTimeout: 1000 });
  redis.on('error', () => undefined);
  await redis.connect();
  const keyOf = (id: string) => `compare:session:${hashOf(id).toString('base64url')}`;
  return {
    async create(session) {
      const id = newId();
      await redis.set(keyOf(id), JSON.stringify(session), 'EX', lifeSeconds);
      return id;
    },
    async find(id) {
      const stored = await redis.get(keyOf(id));
      return stored === null ? undefined : (JSON.parse(stored) as SharedSession);
    },
    async remove(id) {
      await redis.del(keyOf(id));
    },
    close: async () => redis.disconnect(),
  };
}

function newId(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
