import type { GatewayDb } from '@auth/db/gateway';
import type { BackgroundStore } from './background.ts';
import { createEndedCookiesStore } from './ended-cookies-store.ts';
import { dateOf, hashOf, sessionOf } from './session-row.ts';

/** Runs every two seconds and nearly always finds nothing, so it bypasses Prisma. */
const interruptedStatement = {
  name: 'interrupted exchanges',
  text: `SELECT EXISTS (
      SELECT FROM sessions WHERE ended_at IS NULL AND refreshing_until <= $1 AND refresh_at <= $1
    ) AS some`,
};

/** Creates the store of the background work, on the database of the gateway. */
export function createBackgroundStore(db: Pick<GatewayDb, 'client' | 'ask'>): BackgroundStore {
  const { client } = db;
  return {
    async now() {
      const [row] = await client.$queryRaw<{ at: number }[]>`SELECT date_part('epoch', clock_timestamp()) AS at`;
      return row?.at ?? 0;
    },
    endStale: ({ expired, idle, at }, limit) => client.$executeRaw`
      UPDATE sessions SET ended_at = ${dateOf(at)} WHERE hash IN (
        SELECT hash FROM sessions
        WHERE ended_at IS NULL AND (expires_at <= ${dateOf(expired)} OR last_used_at <= ${dateOf(idle)})
        LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`,
    findRunning: (after, limit) =>
      client.session.findMany({
        where: { endedAt: null, id: { gt: after } },
        select: { id: true, userId: true, sid: true },
        orderBy: { id: 'asc' },
        take: limit,
      }),
    async findEnded(before, limit) {
      const rows = await client.session.findMany({
        where: { endedAt: { lte: dateOf(before) } },
        select: { hash: true, id: true, sid: true, refreshToken: true },
        orderBy: { endedAt: 'asc' },
        take: limit,
      });
      return rows.map((row) => ({ ...row, hash: hashOf(row.hash) }));
    },
    async findInterrupted(at, limit) {
      const [found] = await db.ask<{ some: boolean }>(interruptedStatement, [dateOf(at)]);
      if (found?.some !== true) return [];
      const rows = await client.session.findMany({
        where: { endedAt: null, refreshingUntil: { lte: dateOf(at) }, refreshAt: { lte: dateOf(at) } },
        omit: { refreshToken: true },
        orderBy: { refreshingUntil: 'asc' },
        take: limit,
      });
      return rows.map(sessionOf);
    },
    removeListed: createEndedCookiesStore(db).removeOld,
    removeEnded: (before, limit) => client.$executeRaw`
      DELETE FROM sessions WHERE hash IN (
        SELECT hash FROM sessions WHERE ended_at < ${dateOf(before)} LIMIT ${limit}
      )`,
  };
}
