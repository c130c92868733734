import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';

import { queryWithChars } from './char-columns.ts';
import { createPool } from './session-client.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const SAVEPOINT = 'engine_call';

/**
 * Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects, so that
 * nothing is left of a migration that failed. The adapter it is given cannot end the transaction.
 *
 * `onScriptError` hears of a script that failed, before the schema engine turns the error into its own words.
 */
export async function inTransaction<T>(
  options: { url: string; onScriptError: (script: string, error: unknown) => void },
  work: (adapter: SqlDriverAdapter) => Promise<T>,
): Promise<T> {
  // A migration takes as long as it takes, whatever limit the role has for everything else.
  const pool = createPool({ url: options.url, max: 1, connectTimeoutMs: CONNECT_TIMEOUT_MS, statementTimeoutMs: 0 });
  try {
    const base = await new PrismaPg(pool).connect();
    const transaction = await base.startTransaction();
    const run = (sql: string): Promise<number> => transaction.executeRaw({ sql, args: [], argTypes: [] });
    // The engine tries things, such as reading a table that is not there yet. A savepoint keeps the transaction usable.
    const attempt = async <R>(call: () => Promise<R>): Promise<R> => {
      await run(`SAVEPOINT ${SAVEPOINT}`);
      try {
        return await call();
      } catch (error) {
        await run(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`).catch(() => undefined);
        throw error;
      }
    };
    const adapter: SqlDriverAdapter = {
      provider: base.provider,
      adapterName: base.adapterName,
      queryRaw: (query) => attempt(() => queryWithChars(transaction, query)),
      executeRaw: (query) => attempt(() => transaction.executeRaw(query)),
      // PrismaPg's own splits at every semicolon, also within strings and function bodies. Postgres parses it better.
      executeScript: async (script) => {
        await attempt(() => run(script)).catch((error: unknown) => {
          options.onScriptError(script, error);
          throw error;
        });
      },
      startTransaction: () => Promise.reject(new Error('a transaction is open already')),
      getConnectionInfo: () => ({ supportsRelationJoins: true }),
      dispose: async () => undefined,
    };
    try {
      const result = await work(adapter);
      await run('COMMIT');
      return result;
    } catch (error) {
      await run('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await transaction.commit();
    }
  } finally {
    await pool.end();
  }
}
