import pg from 'pg';
import { sessionGuard } from './session.mjs';

const text = 'select scope from sessions where id = $1 and expires_at > now()';

/** A session in Postgres: one prepared statement. */
export async function openGuard({ postgresUrl, scope }) {
  const pool = new pg.Pool({ connectionString: postgresUrl, max: 10 });
  const find = async (id) => {
    const { rows } = await pool.query({ name: 'session', text, values: [id], rowMode: 'array' });
    return rows[0]?.[0];
  };
  return [sessionGuard(find, scope)];
}
