import { Prisma, type UserDb } from '@auth/db/user';
import type { CleanupStore } from './cleanup.ts';

/** How much longer cut-offs are kept, so that a clock that runs a day ahead for a while removes none too early. */
const keptSeconds = 86_400;
/** How many ended sessions a batch of tokens comes from, and how many tokens of each it has. */
const sessionsAtOnce = 100;
const tokensOfEach = 500;

/** Runs every two seconds and rarely finds a row, so it does not go through Prisma. */
const hasSalts = {
  name: 'has salts',
  text: 'SELECT EXISTS (SELECT FROM refresh_tokens WHERE salt_until <= now()) AS found',
};
const eraseSalts = {
  name: 'erase salts',
  text: `WITH erased AS (
      UPDATE refresh_tokens SET salt = NULL, salt_until = NULL WHERE hash IN (
        SELECT hash FROM refresh_tokens WHERE salt_until <= now() AND NOT in_family LIMIT $1 FOR UPDATE SKIP LOCKED
      ) RETURNING 1
    ) SELECT count(*)::int AS rows FROM erased`,
};
const removeUsedTokens = {
  name: 'remove used tokens',
  text: `WITH removed AS (
      DELETE FROM refresh_tokens WHERE hash IN (
        SELECT hash FROM refresh_tokens WHERE salt_until <= now() AND in_family LIMIT $1 FOR UPDATE SKIP LOCKED
      ) RETURNING 1
    ) SELECT count(*)::int AS rows FROM removed`,
};

/**
 * Creates the store that removes expired rows of the user database, in batches. A batch is one statement that locks only its
 * own rows and skips locked ones. Expiry is decided by the database's clock, which is the same for all replicas.
 */
export function createCleanupStore({ client, ask }: Pick<UserDb, 'client' | 'ask'>): CleanupStore {
  const countRows = async (statement: typeof eraseSalts, limit: number): Promise<number> =>
    (await ask<{ rows: number }>(statement, [limit]))[0]?.rows ?? 0;
  return {
    hasSalts: async () => (await ask<{ found: boolean }>(hasSalts, []))[0]?.found ?? true,
    eraseSalts: (limit) => countRows(eraseSalts, limit),
    removeUsedTokens: (limit) => countRows(removeUsedTokens, limit),
    removeTokensOfEnded: (kept, limit) => client.$executeRaw`
      DELETE FROM refresh_tokens WHERE hash IN (
        SELECT t.hash FROM (${endedSessions(kept, { limit: sessionsAtOnce, tokens: Prisma.sql`EXISTS` })}) s
        CROSS JOIN LATERAL (
          SELECT hash FROM refresh_tokens WHERE session_id = s.id LIMIT ${tokensOfEach} FOR UPDATE SKIP LOCKED
        ) t LIMIT ${limit}
      )`,
    removeSessions: (kept, limit) => client.$executeRaw`
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE id IN (${endedSessions(kept, { limit, tokens: Prisma.sql`NOT EXISTS` })})
        LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`,
    // The lowest numbers are removed first, since the feed must have no gap. The earlier of both clocks counts: a clock
    // that is ahead must not remove cut-offs of valid tokens.
    removeEvents: (before, limit) => client.$executeRaw`
      WITH cut AS (
        SELECT least(${before}, extract(epoch FROM clock_timestamp())::bigint - ${keptSeconds}) AS at
      ), lowest AS (
        SELECT id, seq, keep_until < cut.at AS is_expired FROM revocation_events, cut
        WHERE seq IS NOT NULL ORDER BY seq LIMIT ${limit}
      ), unnumbered AS (
        SELECT id FROM revocation_events, cut WHERE seq IS NULL AND keep_until < cut.at LIMIT ${limit}
      )
      DELETE FROM revocation_events WHERE id IN (
        SELECT id FROM lowest
        WHERE is_expired AND seq < coalesce((SELECT min(seq) FROM lowest WHERE NOT is_expired), 9223372036854775807)
        UNION ALL SELECT id FROM unnumbered
      )`,
  };
}

type Kept = Parameters<CleanupStore['removeSessions']>[0];

/**
 * Selects the ids of ended sessions, oldest end first, with or without refresh tokens. Each part uses its own index, so the
 * cost does not depend on the number of sessions.
 */
function endedSessions(
  { expiredSeconds, idleSeconds, endedSeconds }: Kept,
  { limit, tokens }: { limit: number; tokens: Prisma.Sql },
): Prisma.Sql {
  const part = (column: Prisma.Sql, seconds: number) => Prisma.sql`
    (SELECT id FROM sessions WHERE ${column} < now() - make_interval(secs => ${seconds})
      AND ${tokens} (SELECT 1 FROM refresh_tokens WHERE session_id = sessions.id)
      ORDER BY ${column} LIMIT ${limit})`;
  return Prisma.sql`${part(Prisma.sql`expires_at`, expiredSeconds)}
    UNION ${part(Prisma.sql`last_used_at`, idleSeconds)}
    UNION ${part(Prisma.sql`ended_at`, endedSeconds)}`;
}
