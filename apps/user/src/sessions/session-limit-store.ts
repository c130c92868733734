import { Prisma } from '@auth/db/user';
import type { Transaction } from '../feed/cut-off-store.ts';
import { endSessions } from '../feed/cut-off-store.ts';
import type { BegunSession, NewSession } from './stored-sessions.ts';

/** Sessions that one login ends at most. An account that had more from before the limit comes down to it over time. */
const endedAtOnce = 1000;

/**
 * Stores a new session and ends the oldest ones of the account beyond the limit. Needs the lock of the account, so that
 * logins at the same time are counted one after the other.
 *
 * @param limits.maxPerAccount 0 for no limit
 */
export async function beginSession(
  tx: Transaction,
  { user, scopes, audience, tokenHashes, issuedAt, lastExp, ...session }: NewSession,
  { maxPerAccount }: { maxPerAccount: number },
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
  // The new one counts, and is never among the oldest, whatever the clock of this process says.
  const beyond = Prisma.sql`id IN (
    SELECT id FROM sessions
    WHERE user_id = ${user.id}::uuid AND ended_at IS NULL AND end_reason IS NULL AND id <> ${id}::uuid
    ORDER BY created_at DESC, id DESC OFFSET ${maxPerAccount - 1} LIMIT ${endedAtOnce})`;
  return { sid: id, ended: await endSessions(tx, beyond, { at: session.authTime, reason: 'session_limit' }) };
}
