import type { UserDb } from '@auth/db/user';
import { endSessions } from './cut-off-store.ts';
import type { SessionStore } from './sessions.ts';

/** Sessions in the user database. */
export function createSessionStore({ client }: Pick<UserDb, 'client'>): SessionStore {
  return {
    async findCredentials(email) {
      const row = await client.user.findUnique({ where: { email } });
      if (row === null) return undefined;
      const { id, roles, disabledAt, passwordHash } = row;
      return { user: { id, roles, disabled: disabledAt !== null }, passwordHash };
    },
    create: ({ user, passwordHash, scopes, audience, tokenHash, issuedAt, lastExp, ...session }) =>
      client.$transaction(async (tx) => {
        // Whoever disables the account or changes its password waits for us, or we for them.
        const unchanged = await tx.$queryRaw<unknown[]>`
          SELECT 1 FROM users WHERE id = ${user.id}::uuid AND password_hash = ${passwordHash}
            AND disabled_at IS NULL AND roles = ${user.roles} FOR SHARE`;
        if (unchanged.length === 0) return undefined;
        const { id } = await tx.session.create({
          data: {
            userId: user.id,
            scope: scopes.join(' '),
            audience: [...audience],
            authTime: session.authTime,
            createdAt: session.authTime,
            lastUsedAt: session.authTime,
            expiresAt: session.expiresAt,
            userAgent: session.userAgent ?? null,
            addressPrefix: session.addressPrefix ?? null,
            lastIat: issuedAt,
            lastExp,
            refreshTokens: { create: { hash: tokenHash } },
          },
          select: { id: true },
        });
        return { sid: id };
      }),
    async findByToken(tokenHash) {
      const select = { sessionId: true, session: { select: { userId: true } } };
      const row = await client.refreshToken.findUnique({ where: { hash: tokenHash }, select });
      return row === null ? undefined : { sid: row.sessionId, userId: row.session.userId };
    },
    async list(userId, { after, limit, runningAt, idleSince }) {
      const running = { endedAt: null, expiresAt: { gt: runningAt }, lastUsedAt: { gt: idleSince } };
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
    end: ({ userId, sid }, how) =>
      client.$transaction((tx) =>
        endSessions(
          tx,
          { ...(userId === undefined ? {} : { userId }), ...(sid === undefined ? {} : { id: sid }) },
          how,
        ),
      ),
    async findPasswordHash(userId) {
      return (await client.user.findUnique({ where: { id: userId }, select: { passwordHash: true } }))?.passwordHash;
    },
    async changePassword({ userId, keptSid, passwordHash, at }) {
      await client.$transaction(async (tx) => {
        await tx.user.updateMany({ where: { id: userId }, data: { passwordHash } });
        await endSessions(tx, { userId, id: { not: keptSid } }, { at, reason: 'password' });
      });
    },
  };
}
