import type { UserDb } from '@auth/db/user';
import type { SessionStore, SessionUser } from './sessions.ts';

/** Sessions and refresh tokens in the user database. Of a token only its SHA-256 is stored. */
export function createSessionStore({ client }: Pick<UserDb, 'client'>): SessionStore {
  return {
    async findCredentials(email) {
      const row = await client.user.findUnique({ where: { email } });
      return row === null ? undefined : { user: sessionUser(row), passwordHash: row.passwordHash };
    },
    async create({ userId, scopes, audience, authTime, expiresAt, userAgent, tokenHash }) {
      const { id } = await client.session.create({
        data: {
          userId,
          scope: scopes.join(' '),
          audience: [...audience],
          authTime,
          expiresAt,
          userAgent: userAgent ?? null,
          refreshTokens: { create: { hash: tokenHash } },
        },
        select: { id: true },
      });
      return { sid: id };
    },
    async findByToken(tokenHash) {
      const row = await client.refreshToken.findUnique({
        where: { hash: tokenHash },
        select: { usedAt: true, session: { include: { user: true } } },
      });
      if (row === null) return undefined;
      const { id, scope, audience, authTime, expiresAt, endedAt, user } = row.session;
      const scopes = scope.split(' ').filter(Boolean);
      const session = {
        sid: id,
        scopes,
        audience,
        authTime,
        expiresAt,
        ended: endedAt !== null,
        user: sessionUser(user),
      };
      return { session, used: row.usedAt !== null };
    },
    async rotate(tokenHash, successorHash, at) {
      return client.$transaction(async (tx) => {
        // The row lock of this statement lets exactly one of many presenters through.
        const [used] = await tx.refreshToken.updateManyAndReturn({
          where: { hash: tokenHash, usedAt: null, session: { endedAt: null } },
          data: { usedAt: at },
          select: { sessionId: true },
        });
        if (used === undefined) return false;
        await tx.refreshToken.create({ data: { hash: successorHash, sessionId: used.sessionId } });
        await tx.session.update({ where: { id: used.sessionId }, data: { lastUsedAt: at } });
        return true;
      });
    },
    async findPasswordHash(userId) {
      return (await client.user.findUnique({ where: { id: userId }, select: { passwordHash: true } }))?.passwordHash;
    },
    async changePassword({ userId, keptSid, passwordHash, at }) {
      await client.$transaction([
        client.user.updateMany({ where: { id: userId }, data: { passwordHash } }),
        client.session.updateMany({ where: { userId, endedAt: null, id: { not: keptSid } }, data: { endedAt: at } }),
      ]);
    },
    async end(sid, at) {
      await client.session.updateMany({ where: { id: sid, endedAt: null }, data: { endedAt: at } });
    },
  };
}

function sessionUser(row: { id: string; roles: string[]; disabledAt: Date | null }): SessionUser {
  return { id: row.id, roles: row.roles, disabled: row.disabledAt !== null };
}
