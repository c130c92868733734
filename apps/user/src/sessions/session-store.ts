import { Prisma, type UserDb } from '@auth/db/user';
import type { AsActor } from '../accounts/actor-store.ts';
import { endSessions, type Transaction, transactionLimits } from '../feed/cut-off-store.ts';
import type { BegunSession, NewSession, SessionStore } from './stored-sessions.ts';

/** How many sessions one login may end. An account far above the limit reaches it after several logins. */
const endedAtOnce = 1000;

interface SessionStoreOptions {
  readonly asActor: AsActor;
  /** How many sessions an account may have; 0 for no limit. */
  readonly maxPerAccount: number;
}

/** Creates the store of sessions in the user database. */
export function createSessionStore(
  { client }: Pick<UserDb, 'client'>,
  { asActor, maxPerAccount }: SessionStoreOptions,
): SessionStore {
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
        return unchanged.length === 0 ? undefined : begin(tx, session, maxPerAccount);
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
      return rows.map(({ id: sid, createdAt, lastUsedAt, expiresAt, userAgent, addressPrefix, endedAt }) => ({
        sid,
        createdAt,
        lastUsedAt,
        expiresAt,
        userAgent: userAgent ?? undefined,
        addressPrefix: addressPrefix ?? undefined,
        reusedAt: endedAt ?? undefined,
      }));
    },
    endOwn: (actor, { sid }, how) =>
      asActor(actor, (tx) => {
        const andId = sid === undefined ? Prisma.empty : Prisma.sql`AND id = ${sid}::uuid`;
        return endSessions(tx, Prisma.sql`user_id = ${actor.userId}::uuid ${andId}`, how);
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
  };
}

/**
 * Stores a new session and ends the oldest ones of the account beyond the limit. The caller holds the lock of the account,
 * so that concurrent logins are counted one after the other.
 */
async function begin(
  tx: Transaction,
  { user, scopes, audience, tokenHashes, issuedAt, lastExp, ...session }: NewSession,
  maxPerAccount: number,
): Promise<BegunSession> {
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
      familyHash: tokenHashes.family ?? null,
      refreshTokens: { create: { hash: tokenHashes.token, inFamily: true } },
    },
    select: { id: true },
  });
  if (maxPerAccount === 0) return { sid: id, ended: { count: 0, sid: undefined } };
  // The new session counts. It is excluded by its id, since the clock of this process may be behind.
  const beyond = Prisma.sql`id IN (
    SELECT id FROM sessions
    WHERE user_id = ${user.id}::uuid AND ended_at IS NULL AND end_reason IS NULL AND id <> ${id}::uuid
    ORDER BY created_at DESC, id DESC OFFSET ${maxPerAccount - 1} LIMIT ${endedAtOnce})`;
  return { sid: id, ended: await endSessions(tx, beyond, { at: session.authTime, reason: 'session_limit' }) };
}
