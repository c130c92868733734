import type { UserDb } from '@auth/db/user';
import { Prisma } from '@auth/db/user';
import type { CleanupStore } from './cleanup.ts';

/** A clock that was put forward by a day, and back again, loses no cut-off. */
const keptSeconds = 86_400;
/** Dead sessions whose tokens are removed together, and tokens of each that a batch takes at most. */
const sessionsAtOnce = 100;
const tokensOfEach = 500;

/**
 * Removes rows of the user database, in batches: each one statement, which locks no more than its batch and passes over
 * what others hold. The database's clock decides what is over, whichever replica cleans up.
 */
export function createCleanupStore({ client }: Pick<UserDb, 'client'>): CleanupStore {
  return {
    eraseSalts: (limit) => client.$executeRaw`
      UPDATE refresh_tokens SET salt = NULL, salt_until = NULL WHERE hash IN (
        SELECT hash FROM refresh_tokens WHERE salt_until <= now() AND NOT in_family LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`,
    removeUsedTokens: (limit) => client.$executeRaw`
      DELETE FROM refresh_tokens WHERE hash IN (
        SELECT hash FROM refresh_tokens WHERE salt_until <= now() AND in_family LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`,
    removeTokensOfOver: (kept, limit) => client.$executeRaw`
      DELETE FROM refresh_tokens WHERE hash IN (
        SELECT t.hash FROM (${over(kept, { limit: sessionsAtOnce, tokens: Prisma.sql`EXISTS` })}) s
        CROSS JOIN LATERAL (
          SELECT hash FROM refresh_tokens WHERE session_id = s.id LIMIT ${tokensOfEach} FOR UPDATE SKIP LOCKED
        ) t LIMIT ${limit}
      )`,
    removeSessions: (kept, limit) => client.$executeRaw`
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE id IN (${over(kept, { limit, tokens: Prisma.sql`NOT EXISTS` })})
        LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`,
    // By number, from the lowest on: what is above one that stays stays, so that the feed has no hole. By whichever clock
    // is behind: one that was put forward must not remove what still matters.
    removeEvents: (before, limit) => client.$executeRaw`
      WITH cut AS (
        SELECT least(${before}, extract(epoch FROM clock_timestamp())::bigint - ${keptSeconds}) AS at
      ), lowest AS (
        SELECT id, seq, keep_until < cut.at AS is_over FROM revocation_events, cut
        WHERE seq IS NOT NULL ORDER BY seq LIMIT ${limit}
      ), unnumbered AS (
        SELECT id FROM revocation_events, cut WHERE seq IS NULL AND keep_until < cut.at LIMIT ${limit}
      )
      DELETE FROM revocation_events WHERE id IN (
        SELECT id FROM lowest
        WHERE is_over AND seq < coalesce((SELECT min(seq) FROM lowest WHERE NOT is_over), 9223372036854775807)
        UNION ALL SELECT id FROM unnumbered
      )`,
  };
}

type Kept = Parameters<CleanupStore['removeSessions']>[0];

/**
 * The ids of sessions that are over, longest first, that have refresh tokens or have none. Each part follows an index of
 * its own, so that it stops after so many rows however many sessions there are.
 */
function over(
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
