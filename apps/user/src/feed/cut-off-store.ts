import { Prisma, type UserDb } from '@auth/db/user';
import { skewSeconds } from '@auth/verify/times';
import type { EndedSessions, EndReason } from '../sessions/stored-sessions.ts';

export type Transaction = Parameters<Parameters<UserDb['client']['$transaction']>[0]>[0];

/** The longest time that a transaction waits for a connection, and runs, in milliseconds: as long as a request may take. */
export const transactionLimits = { maxWait: 5000, timeout: 5000 };

/** The time after `exp` in which a verifier may accept a token: its clock may be behind by the skew, and it allows the skew. */
const acceptedAfterSeconds = 2 * skewSeconds;

/** The channel of notifications that wake the relay of the leader. */
export const cutOffChannel = 'cut_offs';

/**
 * Ends the matching sessions, and writes a cut-off for each. One statement for any number of sessions: no rows pass
 * through this process.
 *
 * @param matching a condition on `sessions`
 */
export async function endSessions(
  tx: Transaction,
  matching: Prisma.Sql,
  { at, reason }: { at: Date; reason: EndReason },
): Promise<EndedSessions> {
  const [row] = await tx.$queryRaw<{ count: number; sid: string | null }[]>`
    WITH cut AS (
      UPDATE sessions SET ended_at = ${at}, end_reason = ${reason}
      WHERE ended_at IS NULL AND end_reason IS NULL AND ${matching}
      RETURNING id, last_exp, NULL::bigint AS not_before
    ), ${announced({ kind: 'session-revoked', reason })}
    SELECT count(*)::int AS count, min(id::text) AS sid, ${notified} FROM cut`;
  const count = row?.count ?? 0;
  return { count, sid: count === 1 ? (row?.sid ?? undefined) : undefined };
}

/**
 * Revokes the access tokens of a user's sessions so far, since their claims are no longer true. The cut-off is the latest
 * `iat` of the session, which is stored before the token is sent. No clock is read: one that is ahead of the issuer's would
 * push the next `iat` into the future, where verifiers refuse it. A session without a token since its last cut-off needs no
 * new one. The sessions are locked first, since an exchange under way has read the old claims.
 */
export async function cutClaims(tx: Transaction, userId: string, reason: string): Promise<void> {
  await tx.$executeRaw`
    SELECT count(*) FROM (
      SELECT FROM sessions WHERE user_id = ${userId}::uuid AND ended_at IS NULL AND end_reason IS NULL FOR NO KEY UPDATE
    ) locked`;
  await tx.$queryRaw`
    WITH cut AS (
      UPDATE sessions SET not_before = last_iat
      WHERE user_id = ${userId}::uuid AND ended_at IS NULL AND end_reason IS NULL
        AND (not_before IS NULL OR not_before < last_iat)
      RETURNING id, last_exp, not_before
    ), ${announced({ kind: 'token-claims-change', reason })}
    SELECT ${notified} FROM cut`;
}

/** SQL that writes the events for the rows of `cut`, in the transaction of their cause. */
function announced({ kind, reason }: { kind: string; reason: string }): Prisma.Sql {
  return Prisma.sql`announced AS (
      INSERT INTO revocation_events (session_id, kind, not_before, reason, keep_until)
      SELECT id, ${kind}, not_before, ${reason}, last_exp + ${acceptedAfterSeconds} FROM cut
    )`;
}

const notified = Prisma.sql`CASE WHEN count(*) > 0 THEN pg_notify(${cutOffChannel}, '')::text END AS notified`;
