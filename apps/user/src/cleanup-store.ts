import type { UserDb } from '@auth/db/user';
import type { CleanupStore } from './cleanup.ts';

/** A clock that was put forward by a day, and back again, loses no cut-off. */
const keptSeconds = 86_400;

/** Removes rows of the user database, in batches. */
export function createCleanupStore({ client }: Pick<UserDb, 'client'>): CleanupStore {
  return {
    eraseSalts: (before, limit) => client.$executeRaw`
      UPDATE refresh_tokens SET salt = NULL, salt_until = NULL WHERE hash IN (
        SELECT hash FROM refresh_tokens WHERE salt_until <= ${before} LIMIT ${limit}
      )`,
    removeSessions: ({ expired, idle, ended }, limit) => client.$executeRaw`
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions
        WHERE expires_at < ${expired} OR last_used_at < ${idle} OR ended_at < ${ended}
        ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED
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
