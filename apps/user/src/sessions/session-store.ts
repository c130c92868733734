import type { UserDb } from '@auth/db/user';
import { Prisma } from '@auth/db/user';
import { createAsActor } from '../accounts/actor-store.ts';
import { endSessions, transactionLimits } from '../feed/cut-off-store.ts';
import { beginSession } from './session-limit-store.ts';
import type { SessionStore } from './stored-sessions.ts';

/** Sessions in the user database. */
export function createSessionStore(
  { client }: Pick<UserDb, 'client'>,
  { maxPerAccount }: { maxPerAccount: number },
): SessionStore {
  const asActor = createAsActor({ client });
  return {
    async findCredentials(email) {
      const row = await client.user.findUnique({ where: { email } });
      if (row === null) return undefined;
      const { id, roles, disabledAt, passwordHash } = row;
      return { user: { id, roles, disabled: disabledAt !== null }, passwordHash };
    },
    create: (session) =>
      client.$transaction(async (tx) => {
        const { user, passwordHash } = session;
        // Disabling the account, changing its password, and other logins use the same lock.
        const unchanged = await tx.$queryRaw<unknown[]>`
          SELECT 1 FROM users WHERE id = ${user.id}::uuid AND password_hash = ${passwordHash}
            AND disabled_at IS NULL AND roles = ${user.roles} FOR NO KEY UPDATE`;
        return unchanged.length === 0 ? undefined : beginSession(tx, session, { maxPerAccount });
      }, transactionLimits),
    async list(userId, { after, limit, runningAt, idleSince }) {
      const running = { endReason: null, endedAt: null, expiresAt: { gt: runningAt }, lastUsedAt: { gt: idleSince } };
      const rows = await client.session.findMany({
        where: {
          userId,
          OR: [running, { endReason: 'reuse' }],
          ...(after === undefined ? {} : { id: { lt: after } }),
        },
        orderBy: { id: 'desc' },
        take: limit,
      });
      return rows.map(({ id, createdAt, lastUsedAt, expiresAt, userAgent, addressPrefix, endedAt }) => ({
        ...{ sid: id, createdAt, lastUsedAt, expiresAt },
        userAgent: userAgent ?? undefined,
        addressPrefix: addressPrefix ?? undefined,
        reusedAt: endedAt ?? undefined,
      }));
    },
    endOwn: (actor, { sid }, how) =>
      asActor(actor, (tx) => {
        const one = sid === undefined ? Prisma.empty : Prisma.sql`AND id = ${sid}::uuid`;
        return endSessions(tx, Prisma.sql`user_id = ${actor.userId}::uuid ${one}`, how);
      }),
    endByToken: ({ token, family }, how) =>
      client.$transaction(async (tx) => {
        const [session] = await tx.$queryRaw<{ sid: string; userId: string }[]>`
          SELECT id AS sid, user_id AS "userId" FROM sessions WHERE id = coalesce(
            (SELECT session_id FROM refresh_tokens WHERE hash = ${token}),
            (SELECT id FROM sessions WHERE family_hash = ${family ?? null}))`;
        if (session === undefined) return undefined;
        const { count } = await endSessions(tx, Prisma.sql`id = ${session.sid}::uuid`, how);
        return count === 0 ? undefined : session;
      }, transactionLimits),
    async findPasswordHash(userId) {
      return (await client.user.findUnique({ where: { id: userId }, select: { passwordHash: true } }))?.passwordHash;
    },
    changePassword: ({ actor, verifiedHash, passwordHash, at }) =>
      asActor(actor, async (tx) => {
        const { userId, sid } = actor;
        const where = { id: userId, passwordHash: verifiedHash };
        if ((await tx.user.updateMany({ where, data: { passwordHash } })).count === 0) return undefined;
        const others = Prisma.sql`user_id = ${userId}::uuid AND id <> ${sid}::uuid`;
        return endSessions(tx, others, { at, reason: 'password' });
      }),
  };
}
