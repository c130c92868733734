import { Prisma, type UserDb } from '@auth/db/user';
import { endSessions, type Transaction, transactionLimits } from '../feed/cut-off-store.ts';
import { createKeyedMutex } from '../limits/keyed-mutex.ts';
import { exchangeFast } from './fast-exchange-store.ts';
import type { RefreshStore } from './refresh.ts';
import type { Decision, PresentedToken } from './refresh-rule.ts';
import type { TokenHashes } from './refresh-token.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Creates the store of refresh tokens in the user database. Only the SHA-256 of a token is stored. Durations are measured
 * by the database's clock, since the clocks of replicas may differ.
 */
export function createRefreshStore({ client, ask }: Pick<UserDb, 'client' | 'ask'>): RefreshStore {
  // Without the mutex, tabs that present the same token would each hold a connection while they wait for one lock.
  const exclusively = createKeyedMutex();
  return {
    exchange: (token, decide) =>
      exclusively(keyOf(token), () =>
        client.$transaction(async (tx) => {
          const sid = await lockSession(tx, token);
          const [row] = sid === undefined ? [] : await read(tx, { sid, token });
          if (row === undefined) return undefined;
          const decision = decide(presentedToken(row));
          await apply(tx, { token, row, decision });
          return decision;
        }, transactionLimits),
      ),
    exchangeFast: (token, exchange, limits) =>
      // After another use of the token, the rule must decide.
      exclusively(keyOf(token), async (hasWaited) =>
        hasWaited ? undefined : exchangeFast(ask, { token, exchange, limits }),
      ),
  };
}

function keyOf({ token }: TokenHashes): string {
  return Buffer.from(token).toString('base64');
}

/** Locks the session of a token. Its exchanges run one at a time, and each reads what the previous one committed. */
async function lockSession(tx: Transaction, { token, family }: TokenHashes): Promise<string | undefined> {
  const [locked] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM sessions WHERE id = coalesce(
      (SELECT session_id FROM refresh_tokens WHERE hash = ${token}),
      (SELECT id FROM sessions WHERE family_hash = ${family ?? null})) FOR UPDATE`;
  return locked?.id;
}

interface Row {
  readonly isStored: boolean;
  readonly usedSecondsAgo: number | null;
  readonly salt: Bytes | null;
  readonly inFamily: boolean | null;
  readonly sid: string;
  readonly scope: string;
  readonly audience: string[];
  readonly authTime: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date;
  readonly endedAt: Date | null;
  readonly notBefore: bigint | null;
  readonly refreshCount: number;
  readonly refreshSeconds: number | null;
  readonly userId: string;
  readonly roles: string[];
  readonly disabledAt: Date | null;
}

/** Reads token, session and account in one statement, since other transactions wait for the lock meanwhile. */
function read(tx: Transaction, { sid, token }: { sid: string; token: TokenHashes }): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`
    SELECT t.hash IS NOT NULL AS "isStored", t.salt, t.in_family AS "inFamily",
      extract(epoch FROM clock_timestamp() - t.used_at)::float8 AS "usedSecondsAgo",
      s.id AS sid, s.scope, s.audience, s.auth_time AS "authTime", s.expires_at AS "expiresAt",
      s.last_used_at AS "lastUsedAt", s.ended_at AS "endedAt", s.not_before AS "notBefore",
      s.refresh_count AS "refreshCount", extract(epoch FROM clock_timestamp() - s.refresh_since)::float8 AS "refreshSeconds",
      u.id AS "userId", u.roles, u.disabled_at AS "disabledAt"
    FROM sessions s JOIN users u ON u.id = s.user_id
      LEFT JOIN refresh_tokens t ON t.hash = ${token.token} AND t.session_id = s.id
    WHERE s.id = ${sid}::uuid`;
}

interface Exchange {
  readonly token: TokenHashes;
  readonly row: Row;
  readonly decision: Decision;
}

async function apply(tx: Transaction, { token, row, decision }: Exchange): Promise<void> {
  if (decision.outcome === 'deferred') return;
  const { at } = decision;
  if (decision.outcome === 'refused') {
    const { ends } = decision;
    if (ends !== undefined) await endSessions(tx, Prisma.sql`id = ${row.sid}::uuid`, { at, reason: ends });
    return;
  }
  const { successor, issuedAt, lastExp, beginsWindow } = decision;
  if (successor !== undefined) {
    const { hashes, salt, graceSeconds } = successor;
    // With a family and without a grace, the row of a used token is not needed.
    const used =
      salt === undefined && row.inFamily
        ? Prisma.sql`DELETE FROM refresh_tokens WHERE hash = ${token.token}`
        : Prisma.sql`UPDATE refresh_tokens SET used_at = clock_timestamp(), salt = ${salt ?? null},
            salt_until = CASE WHEN ${salt !== undefined} THEN clock_timestamp() + make_interval(secs => ${graceSeconds}) END
            WHERE hash = ${token.token}`;
    await tx.$executeRaw`
      WITH used AS (${used})
      INSERT INTO refresh_tokens (hash, session_id, in_family) VALUES (${hashes.token}, ${row.sid}::uuid, true)`;
  }
  const family = successor !== undefined && !row.inFamily ? (successor.hashes.family ?? null) : null;
  // `greatest`: a replica whose clock is behind must not lower what another replica has written.
  await tx.$executeRaw`
    UPDATE sessions SET last_used_at = greatest(last_used_at, ${at}),
      last_iat = greatest(last_iat, ${issuedAt}), last_exp = greatest(last_exp, ${lastExp}),
      family_hash = coalesce(${family}, family_hash),
      refresh_count = CASE WHEN ${beginsWindow} THEN 1 ELSE refresh_count + 1 END,
      refresh_since = CASE WHEN ${beginsWindow} THEN clock_timestamp() ELSE refresh_since END
    WHERE id = ${row.sid}::uuid`;
}

function presentedToken(row: Row): PresentedToken {
  const { audience, authTime, expiresAt, lastUsedAt, sid, roles, notBefore } = row;
  // A token without a row was found by its family, so it is used.
  const usedSecondsAgo = row.isStored ? (row.usedSecondsAgo ?? undefined) : Number.POSITIVE_INFINITY;
  return {
    usedSecondsAgo,
    salt: row.salt ?? undefined,
    inFamily: row.inFamily ?? true,
    recent: row.refreshSeconds === null ? undefined : { count: row.refreshCount, seconds: row.refreshSeconds },
    session: {
      sid,
      audience,
      authTime,
      expiresAt,
      lastUsedAt,
      scopes: row.scope.split(' ').filter(Boolean),
      ended: row.endedAt !== null,
      notBefore: notBefore === null ? undefined : Number(notBefore),
      user: { id: row.userId, roles, disabled: row.disabledAt !== null },
    },
  };
}
