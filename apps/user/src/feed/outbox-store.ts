import type { UserDb } from '@auth/db/user';
import { clocksApartSeconds } from '@auth/verify/times';
import type { Outbox, OutboxEvent } from './outbox.ts';

/** Prisma returns a bigint as such, node-postgres as text. */
interface Row {
  readonly seq: bigint | string | null;
  readonly kind: string;
  readonly sessionId: string;
  readonly notBefore: bigint | string | null;
  readonly reason: string;
  readonly keepUntil: bigint | string;
  readonly term: bigint | string | null;
  readonly token: string | null;
}

/** The longest time that a process that was suspended in a transaction holds its locks, in milliseconds. */
const idleMs = '3000';

const betweenStatement = {
  name: 'outbox between',
  text: `SELECT seq, kind, session_id AS "sessionId", not_before AS "notBefore", reason, keep_until AS "keepUntil", term, token
    FROM revocation_events WHERE seq BETWEEN $1 AND $2 ORDER BY seq LIMIT $3`,
};

/** Runs every second and mostly finds nothing, therefore uses one index, and not Prisma. */
const checkStatement = {
  name: 'outbox check',
  text: `SELECT EXISTS (SELECT FROM revocation_events WHERE published_at IS NULL) AS waiting,
      coalesce((SELECT min(seq) - 1 FROM revocation_events WHERE published_at IS NULL AND seq IS NOT NULL), last) AS last
    FROM revocation_feed WHERE id = 1`,
};

const oldestStatement = {
  name: 'outbox oldest',
  text: `SELECT extract(epoch FROM clock_timestamp() - min(created_at))::float AS seconds
    FROM revocation_events WHERE published_at IS NULL`,
};

export interface OutboxStoreOptions {
  readonly db: Pick<UserDb, 'client' | 'ask'>;
  /** The fencing number of the leader: see `openLeader`. */
  readonly term: number;
}

/**
 * Opens the outbox of cut-offs in the user database for one term. The row of `revocation_feed` holds the greatest term that
 * has written: a leader of an earlier term that resumes can neither number events nor store tokens.
 */
export function createOutboxStore({ db, term }: OutboxStoreOptions): Outbox {
  const { client } = db;
  function assertLeading(rows: number): void {
    if (rows === 0) throw new Error('another process leads: a later term has begun');
  }

  return {
    begin: async () => void (await lockFeed(client)),
    async check() {
      const [row] = await db.ask<{ waiting: boolean; last: string }>(checkStatement, []);
      return { isWaiting: row?.waiting ?? true, last: Number(row?.last ?? 0) };
    },
    takeUnpublished: async (limit) => {
      const fresh = await client.revocationEvent.findFirst({ where: { seq: null }, select: { id: true } });
      if (fresh !== null) await number(limit);
      const rows = await client.revocationEvent.findMany({
        where: { seq: { not: null }, publishedAt: null },
        orderBy: { seq: 'asc' },
        take: limit,
      });
      return rows.map(outboxEvent);
    },
    async keep(signed) {
      const [numbers, tokens] = [signed.map(({ seq }) => BigInt(seq)), signed.map(({ token }) => token)];
      const kept = await client.$executeRaw`
        UPDATE revocation_events e SET token = s.token, term = coalesce(e.term, ${term})
        FROM (SELECT term FROM revocation_feed WHERE id = 1 AND term <= ${term} FOR SHARE) feed,
          unnest(${numbers}::bigint[], ${tokens}::text[]) AS s(seq, token)
        WHERE e.seq = s.seq`;
      assertLeading(kept);
    },
    async markPublished(upTo) {
      await client.$executeRaw`
        UPDATE revocation_events SET published_at = now()
        WHERE seq <= ${upTo} AND published_at IS NULL
          AND EXISTS (SELECT 1 FROM revocation_feed WHERE id = 1 AND term <= ${term} FOR SHARE)`;
    },
    async floor(last, at) {
      // By the earlier clock, since a clock that is ahead must not drop events that still matter. Without OFFSET the
      // planner would scan all rows that no longer matter, in the order of their numbers.
      const [row] = await client.$queryRaw<{ floor: bigint | null }[]>`
        SELECT min(seq) AS floor FROM (
          SELECT seq FROM revocation_events
          WHERE seq IS NOT NULL
            AND keep_until > least(extract(epoch FROM clock_timestamp())::bigint, ${Math.floor(at)}) - ${clocksApartSeconds}
          OFFSET 0
        ) living`;
      return Math.min(Number(row?.floor ?? last + 1), last + 1);
    },
    // Without Prisma, which takes four times as long to build the rows of a long result.
    between: async (from, to, limit) => (await db.ask<Row>(betweenStatement, [from, to, limit])).map(outboxEvent),
  };

  /** Locks the row of the feed, so that one leader at a time numbers events. Returns the last number. */
  async function lockFeed(tx: Pick<UserDb['client'], '$queryRaw'>): Promise<bigint> {
    const [feed] = await tx.$queryRaw<{ last: bigint }[]>`
      INSERT INTO revocation_feed AS f (id, last, term) VALUES (1, 0, ${term})
      ON CONFLICT (id) DO UPDATE SET term = ${term} WHERE f.term <= ${term} RETURNING last`;
    assertLeading(feed === undefined ? 0 : 1);
    return feed?.last ?? 0n;
  }

  function number(limit: number): Promise<void> {
    return client.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('idle_in_transaction_session_timeout', ${idleMs}, true)`;
      const last = await lockFeed(tx);
      await tx.$executeRaw`
        WITH numbered AS (
          UPDATE revocation_events e SET seq = ${last} + n.place, term = ${term}
          FROM (
            SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
              SELECT id FROM revocation_events WHERE seq IS NULL ORDER BY id LIMIT ${limit}
            ) fresh
          ) n WHERE e.id = n.id RETURNING e.id
        ) UPDATE revocation_feed SET last = last + (SELECT count(*) FROM numbered) WHERE id = 1`;
    });
  }
}

/** Returns how long the oldest unpublished cut-off has been waiting, in seconds; 0 without one. */
export async function oldestUnpublished({ ask }: Pick<UserDb, 'ask'>): Promise<number> {
  const [row] = await ask<{ seconds: number | null }>(oldestStatement, []);
  return Math.max(0, row?.seconds ?? 0);
}

function outboxEvent({ seq, kind, sessionId, notBefore, reason, keepUntil, term, token }: Row): OutboxEvent {
  if (kind !== 'session-revoked' && kind !== 'token-claims-change') throw new Error(`unknown kind of cut-off: ${kind}`);
  return {
    kind,
    reason,
    sid: sessionId,
    seq: Number(seq),
    keepUntil: Number(keepUntil),
    notBefore: notBefore === null ? undefined : Number(notBefore),
    term: term === null ? undefined : Number(term),
    token: token ?? undefined,
  };
}
