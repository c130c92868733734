import { type GatewayDb, Prisma } from '@auth/db/gateway';
import type { RenewalStore } from './renewal.ts';
import { createRenewalStore } from './renewal-store.ts';
import type { LookupStore } from './session-lookup.ts';
import { createLookupStore } from './session-lookup-store.ts';
import { bytesOf, dateOf, hashOf, sessionOf, timesOf } from './session-row.ts';
import type { EndedSession, NewSession, SessionStore, WhichSession } from './sessions.ts';

/** Creates the store of sessions, on the database of the gateway. */
export function createSessionStore(db: Pick<GatewayDb, 'client' | 'ask'>): SessionStore & LookupStore & RenewalStore {
  const { client } = db;
  return {
    ...createLookupStore(db),
    ...createRenewalStore(db),
    async create(session, replaced) {
      const created = client.session.create({ data: dataOf(session), omit: { refreshToken: true } });
      if (replaced === undefined) return { session: sessionOf(await created), ended: undefined };
      // In one transaction: a login that fails leaves the previous session unchanged.
      const at = dateOf(session.createdAt);
      const ending = client.$queryRaw<EndedRow[]>(endSql(Prisma.sql`hash = ${bytesOf(replaced)}`, at));
      const marking = client.$executeRaw`
        INSERT INTO ended_cookies (hash, replaced) VALUES (${bytesOf(replaced)}, true)
        ON CONFLICT (hash) DO UPDATE SET at = now(), replaced = true`;
      const [row, [ended]] = await client.$transaction([created, ending, marking]);
      return { session: sessionOf(row), ended: ended && endedOf(ended) };
    },
    async list(userId, { after, limit, runningAt, idleSince }) {
      const rows = await client.session.findMany({
        where: {
          userId,
          endedAt: null,
          expiresAt: { gt: dateOf(runningAt) },
          lastUsedAt: { gt: dateOf(idleSince) },
          ...(after === undefined ? {} : { id: { lt: after } }),
        },
        orderBy: { id: 'desc' },
        take: limit,
      });
      return rows.map((row) => ({
        ...timesOf(row),
        id: row.id,
        sid: row.sid,
        userAgent: row.userAgent ?? undefined,
        addressPrefix: row.addressPrefix ?? undefined,
      }));
    },
    async end(which, at) {
      const [row] = await client.$queryRaw<EndedRow[]>(endSql(whereOf(which), dateOf(at)));
      return row && endedOf(row);
    },
    async forget(hash) {
      await client.session.deleteMany({ where: { hash: bytesOf(hash) } });
    },
  };
}

type EndedRow = Omit<EndedSession, 'hash'> & { readonly hash: Uint8Array };

/** Ends a session and lists its cookie as ended, in one statement. */
function endSql(which: Prisma.Sql, at: Date): Prisma.Sql {
  return Prisma.sql`
    WITH ended AS (
      UPDATE sessions SET ended_at = ${at} WHERE ${which} AND ended_at IS NULL
      RETURNING hash, id, sid, refresh_token AS "refreshToken"
    ), listed AS (
      INSERT INTO ended_cookies (hash) SELECT hash FROM ended ON CONFLICT (hash) DO UPDATE SET at = now()
    )
    SELECT * FROM ended`;
}

function whereOf(which: WhichSession): Prisma.Sql {
  if ('hash' in which) return Prisma.sql`hash = ${bytesOf(which.hash)}`;
  return Prisma.sql`id = ${which.id}::uuid AND user_id = ${which.userId}::uuid`;
}

function endedOf({ hash, ...row }: EndedRow): EndedSession {
  return { ...row, refreshToken: new Uint8Array(row.refreshToken), hash: hashOf(hash) };
}

function dataOf({ createdAt, lastUsedAt, expiresAt, accessExpiresAt, refreshAt, ...rest }: NewSession) {
  return {
    ...rest,
    roles: [...rest.roles],
    hash: bytesOf(rest.hash),
    userAgent: rest.userAgent ?? null,
    addressPrefix: rest.addressPrefix ?? null,
    createdAt: dateOf(createdAt),
    lastUsedAt: dateOf(lastUsedAt),
    expiresAt: dateOf(expiresAt),
    accessExpiresAt: dateOf(accessExpiresAt),
    refreshAt: dateOf(refreshAt),
  };
}
