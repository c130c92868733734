import pg from 'pg';
import { sessionGuard } from './session.mjs';

const text = 'select user_id, scope from sessions where id = $1 and expires_at > now()';

/** A session in Postgres: one prepared statement. */
export async function openGuard({ postgresUrl, scope }) {
  const pool = new pg.Pool({ connectionString: postgresUrl, max: 10 });
  const find = async (id) => {
    const { rows } = await pool.query({ name: 'session', text, values: [id], rowMode: 'array' });
    if (rows.length === 0) return undefined;
    const [[user, scopes]] = rows;
    return { user, scopes: scopes.split(' ') };
  };
  return sessionGuard(find, scope);
}
