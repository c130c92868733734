import type { UserDb } from '@auth/db/user';
import { endSessions } from './cut-off-store.ts';
import type { Decision, PresentedToken, RefreshStore } from './refresh.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Transaction = Parameters<typeof endSessions>[0];

/** Many tabs that refresh at once wait for each other: as long as a request may take. */
const patience = { maxWait: 5000, timeout: 5000 };

/** Refresh tokens in the user database. Of a token only its SHA-256 is stored. */
export function createRefreshStore({ client }: Pick<UserDb, 'client'>): RefreshStore {
  return {
    exchange: (tokenHash, decide) =>
      client.$transaction(async (tx) => {
        // One at a time per session. What is read next is read after whoever came before has committed.
        const [locked] = await tx.$queryRaw<{ id: string }[]>`
          SELECT s.id FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id
          WHERE t.hash = ${tokenHash} FOR UPDATE OF s`;
        const [row] = locked === undefined ? [] : await read(tx, tokenHash);
        if (row === undefined) return undefined;
        const decision = decide(presented(row));
        await carryOut(tx, { tokenHash, sid: row.sid, decision });
        return decision;
      }, patience),
  };
}

interface Row {
  readonly usedAt: Date | null;
  readonly salt: Bytes | null;
  readonly sid: string;
  readonly scope: string;
  readonly audience: string[];
  readonly authTime: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date;
  readonly endedAt: Date | null;
  readonly notBefore: bigint | null;
  readonly userId: string;
  readonly roles: string[];
  readonly disabledAt: Date | null;
}

/** In one statement: whoever waits for the session waits for every one of ours. */
function read(tx: Transaction, tokenHash: Bytes): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`
    SELECT t.used_at AS "usedAt", t.salt, s.id AS sid, s.scope, s.audience, s.auth_time AS "authTime",
      s.expires_at AS "expiresAt", s.last_used_at AS "lastUsedAt", s.ended_at AS "endedAt", s.not_before AS "notBefore",
      u.id AS "userId", u.roles, u.disabled_at AS "disabledAt"
    FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
    WHERE t.hash = ${tokenHash}`;
}

interface Exchange {
  readonly tokenHash: Bytes;
  readonly sid: string;
  readonly decision: Decision;
}

async function carryOut(tx: Transaction, { tokenHash, sid, decision }: Exchange): Promise<void> {
  const { at } = decision;
  if (decision.outcome === 'refused') {
    if (decision.reuse) await endSessions(tx, { id: sid }, { at, reason: 'reuse' });
    return;
  }
  const { successor, issuedAt, lastExp } = decision;
  if (successor !== undefined) {
    const { hash, salt, saltUntil } = successor;
    await tx.$executeRaw`
      WITH used AS (
        UPDATE refresh_tokens SET used_at = ${at}, salt = ${salt}, salt_until = ${saltUntil} WHERE hash = ${tokenHash}
      )
      INSERT INTO refresh_tokens (hash, session_id) VALUES (${hash}, ${sid}::uuid)`;
  }
  // A replica whose clock is behind must not take back what another has handed out.
  await tx.$executeRaw`
    UPDATE sessions SET last_used_at = greatest(last_used_at, ${at}),
      last_iat = greatest(last_iat, ${issuedAt}), last_exp = greatest(last_exp, ${lastExp})
    WHERE id = ${sid}::uuid`;
}

function presented({
  usedAt,
  salt,
  sid,
  scope,
  endedAt,
  notBefore,
  userId,
  roles,
  disabledAt,
  ...row
}: Row): PresentedToken {
  const { audience, authTime, expiresAt, lastUsedAt } = row;
  return {
    usedAt: usedAt ?? undefined,
    salt: salt ?? undefined,
    session: {
      ...{ sid, audience, authTime, expiresAt, lastUsedAt },
      scopes: scope.split(' ').filter(Boolean),
      ended: endedAt !== null,
      notBefore: notBefore === null ? undefined : Number(notBefore),
      user: { id: userId, roles, disabled: disabledAt !== null },
    },
  };
}
