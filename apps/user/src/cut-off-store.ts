import type { Prisma, UserDb } from '@auth/db/user';
import type { EndReason } from './sessions.ts';

type Transaction = Parameters<Parameters<UserDb['client']['$transaction']>[0]>[0];

/** Clocks of verifiers may differ from ours by this much, each way. */
const skewSeconds = 10;

/** Wakes the relay of whichever replica publishes. */
export const cutOffChannel = 'cut_offs';

/**
 * Ends the sessions that are still running, and writes what verifiers must learn of it: with its cause in one
 * transaction, so that neither is there without the other.
 */
export async function endSessions(
  tx: Transaction,
  where: Prisma.SessionWhereInput,
  { at, reason }: { at: Date; reason: EndReason },
): Promise<readonly string[]> {
  const ended = await tx.session.updateManyAndReturn({
    where: { ...where, endedAt: null },
    data: { endedAt: at, endReason: reason },
    select: { id: true, lastExp: true },
  });
  await announce(tx, ended, { kind: 'session-revoked', reason });
  return ended.map(({ id }) => id);
}

/**
 * Makes the access tokens that a user's sessions have been given so far stale: their claims are not true any more. The
 * cut-off is the later of the database's time and the last `iat`, so that no token from before is missed, whichever
 * replica's clock made it.
 */
export async function cutClaims(tx: Transaction, userId: string, reason: string): Promise<void> {
  const cut = await tx.$queryRaw<{ id: string; lastExp: bigint; notBefore: bigint }[]>`
    UPDATE sessions SET not_before = greatest(extract(epoch FROM now())::bigint, last_iat)
    WHERE user_id = ${userId}::uuid AND ended_at IS NULL
    RETURNING id, last_exp AS "lastExp", not_before AS "notBefore"`;
  await announce(tx, cut, { kind: 'token-claims-change', reason });
}

interface Cut {
  readonly id: string;
  readonly lastExp: bigint;
  readonly notBefore?: bigint;
}

async function announce(tx: Transaction, cuts: readonly Cut[], event: { kind: string; reason: string }): Promise<void> {
  if (cuts.length === 0) return;
  await tx.revocationEvent.createMany({
    data: cuts.map(({ id, lastExp, notBefore = null }) => ({
      ...event,
      sessionId: id,
      notBefore,
      keepUntil: lastExp + BigInt(skewSeconds),
    })),
  });
  await tx.$executeRaw`SELECT pg_notify(${cutOffChannel}, '')`;
}
