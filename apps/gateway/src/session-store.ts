import type { GatewayDb } from '@auth/db/gateway';
import type { RenewalStore } from './renewal.ts';
import type { LookupStore } from './session-lookup.ts';
import { createLookupStore } from './session-lookup-store.ts';
import { bytesOf, dateOf, hashOf, sessionOf, timesOf } from './session-row.ts';
import type { SessionStore, WhichSession } from './sessions.ts';

/** Sessions in the database of the gateway. */
export function createSessionStore(db: Pick<GatewayDb, 'client' | 'ask'>): SessionStore & LookupStore & RenewalStore {
  const { client } = db;
  return {
    ...createLookupStore(db),
    async create({ hash, createdAt, lastUsedAt, expiresAt, accessExpiresAt, refreshAt, ...rest }) {
      const row = await client.session.create({
        data: {
          ...rest,
          roles: [...rest.roles],
          hash: bytesOf(hash),
          userAgent: rest.userAgent ?? null,
          addressPrefix: rest.addressPrefix ?? null,
          ...{ createdAt: dateOf(createdAt), lastUsedAt: dateOf(lastUsedAt), expiresAt: dateOf(expiresAt) },
          ...{ accessExpiresAt: dateOf(accessExpiresAt), refreshAt: dateOf(refreshAt) },
        },
        omit: { refreshToken: true },
      });
      return sessionOf(row);
    },
    async list(userId, { after, limit, runningAt, idleSince }) {
      const rows = await client.session.findMany({
        where: {
          ...{ userId, endedAt: null, expiresAt: { gt: dateOf(runningAt) }, lastUsedAt: { gt: dateOf(idleSince) } },
          ...(after === undefined ? {} : { id: { lt: after } }),
        },
        orderBy: { id: 'desc' },
        take: limit,
      });
      return rows.map((row) => ({
        ...timesOf(row),
        id: row.id,
        userAgent: row.userAgent ?? undefined,
        addressPrefix: row.addressPrefix ?? undefined,
      }));
    },
    async end(which, at) {
      const [row] = await client.session.updateManyAndReturn({
        where: { ...whereOf(which), endedAt: null },
        data: { endedAt: dateOf(at) },
        select: { hash: true, id: true, sid: true, refreshToken: true },
      });
      return row && { ...row, hash: hashOf(row.hash) };
    },
    async forget(hash) {
      await client.session.deleteMany({ where: { hash: bytesOf(hash) } });
    },
    async claim(hash, { at, until }) {
      const [row] = await client.session.updateManyAndReturn({
        where: {
          ...{ hash: bytesOf(hash), endedAt: null, refreshAt: { lte: dateOf(at) } },
          OR: [{ refreshingUntil: null }, { refreshingUntil: { lte: dateOf(at) } }],
        },
        data: { refreshingUntil: dateOf(until) },
        select: { refreshToken: true },
      });
      return row?.refreshToken;
    },
    async renew(hash, exchanged, { accessExpiresAt, refreshAt, roles, ...tokens }) {
      const times = { accessExpiresAt: dateOf(accessExpiresAt), refreshAt: dateOf(refreshAt) };
      const { count } = await client.session.updateMany({
        where: { hash: bytesOf(hash), endedAt: null, refreshToken: exchanged },
        data: { ...tokens, ...times, roles: [...roles], refreshingUntil: null },
      });
      return count === 1;
    },
    async defer(hash, until) {
      await client.session.updateMany({
        where: { hash: bytesOf(hash), endedAt: null },
        data: { refreshingUntil: dateOf(until) },
      });
    },
  };
}

function whereOf(which: WhichSession) {
  return 'hash' in which ? { hash: bytesOf(which.hash) } : which;
}
