import type { GatewayDb } from '@auth/db/gateway';
import type { Session } from './session.ts';
import type { LookupStore } from './session-lookup.ts';
import { bytesOf, dateOf, hashOf } from './session-row.ts';

/** The query of every request with a cookie. Times are seconds since 1970, which need no conversion. */
const running = {
  name: 'running sessions',
  text: `
    select hash, id, user_id as "userId", sid, roles, scope, access_token as "accessToken",
      date_part('epoch', access_expires_at) as "accessExpiresAt",
      date_part('epoch', refresh_at) as "refreshAt",
      date_part('epoch', created_at) as "createdAt",
      date_part('epoch', last_used_at) as "lastUsedAt",
      date_part('epoch', expires_at) as "expiresAt"
    from sessions where hash = any($1) and ended_at is null`,
};

type Row = Omit<Session, 'hash'> & { readonly hash: Buffer };

/** Creates the store of the lookup. It bypasses Prisma, which needs more time for this query than Postgres. */
export function createLookupStore({ client, ask }: Pick<GatewayDb, 'client' | 'ask'>): LookupStore {
  return {
    async find(hashes) {
      const rows = await ask<Row>(running, [hashes.map(bytesOf)]);
      return new Map(
        rows.map((row) => {
          const hash = hashOf(row.hash);
          return [hash, { ...row, hash }];
        }),
      );
    },
    async touch(hash, at) {
      const which = { hash: bytesOf(hash), endedAt: null };
      const { count } = await client.session.updateMany({ where: which, data: { lastUsedAt: dateOf(at) } });
      return count === 1;
    },
  };
}
