import type { UserDb } from '@auth/db/user';
import type { OutboxEvent, RelayStore } from './relay.ts';

interface Row {
  readonly seq: bigint | null;
  readonly kind: string;
  readonly sessionId: string;
  readonly notBefore: bigint | null;
  readonly reason: string;
  readonly keepUntil: bigint;
}

/** The outbox of cut-offs in the user database. */
export function createRelayStore({ client }: Pick<UserDb, 'client'>): RelayStore {
  return {
    takeUnpublished: (limit) =>
      client.$transaction(async (tx) => {
        // The row is the lock: of two relays, while there are two for a moment, one numbers at a time.
        const [feed] = await tx.$queryRaw<{ last: bigint }[]>`SELECT last FROM revocation_feed WHERE id = 1 FOR UPDATE`;
        const last = feed?.last ?? 0n;
        const numbered = await tx.$executeRaw`
          UPDATE revocation_events e SET seq = ${last} + n.place
          FROM (
            SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
              SELECT id FROM revocation_events WHERE seq IS NULL ORDER BY id LIMIT ${limit}
            ) fresh
          ) n WHERE e.id = n.id`;
        if (numbered > 0) {
          await tx.revocationFeed.update({ where: { id: 1 }, data: { last: last + BigInt(numbered) } });
        }
        const rows = await tx.revocationEvent.findMany({
          where: { seq: { not: null }, publishedAt: null },
          orderBy: { seq: 'asc' },
          take: limit,
        });
        return rows.map(outboxEvent);
      }),
    async markPublished(upTo) {
      const where = { seq: { lte: BigInt(upTo) }, publishedAt: null };
      await client.revocationEvent.updateMany({ where, data: { publishedAt: new Date() } });
    },
    async living(at) {
      const where = { publishedAt: { not: null }, keepUntil: { gt: BigInt(Math.floor(at)) } };
      return (await client.revocationEvent.findMany({ where, orderBy: { seq: 'asc' } })).map(outboxEvent);
    },
    async position(at) {
      const [row] = await client.$queryRaw<{ last: bigint; floor: bigint | null }[]>`
        SELECT f.last, (
          SELECT min(e.seq) FROM revocation_events e WHERE e.seq IS NOT NULL AND e.keep_until > ${Math.floor(at)}
        ) AS floor FROM revocation_feed f WHERE f.id = 1`;
      const last = Number(row?.last ?? 0n);
      return { last, floor: Number(row?.floor ?? BigInt(last + 1)) };
    },
  };
}

function outboxEvent({ seq, kind, sessionId, notBefore, reason, keepUntil }: Row): OutboxEvent {
  if (kind !== 'session-revoked' && kind !== 'token-claims-change') throw new Error(`unknown kind of cut-off: ${kind}`);
  return {
    ...{ kind, reason, sid: sessionId },
    seq: Number(seq),
    keepUntil: Number(keepUntil),
    notBefore: notBefore === null ? undefined : Number(notBefore),
  };
}
