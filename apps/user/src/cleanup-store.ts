import type { UserDb } from '@auth/db/user';
import type { CleanupStore } from './cleanup.ts';

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
    removeEvents: (before, limit) => client.$executeRaw`
      DELETE FROM revocation_events WHERE id IN (
        SELECT id FROM revocation_events WHERE keep_until < ${before} AND published_at IS NOT NULL LIMIT ${limit}
      )`,
  };
}
