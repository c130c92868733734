import type { UserDb } from '@auth/db/user';
import type { StoredTries } from '../limits/rate-limit.ts';
import type { RefreshStore } from './refresh.ts';
import { currentGrant, setBackSeconds } from './refresh-rule.ts';
import type { TokenHashes } from './refresh-token.ts';
import { hashRefreshToken } from './refresh-token.ts';
import type { UsualExchange } from './fast-exchange.ts';

/** The function is made by a migration. It changes nothing where the rule of refreshing would decide otherwise. */
const statement = {
  name: 'exchange refresh token',
  text: 'SELECT * FROM exchange_refresh_token($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
};

interface Row {
  readonly sid: string;
  readonly userId: string;
  readonly roles: string[];
  readonly scope: string;
  readonly audience: string[];
  readonly authTime: Date;
  readonly points: (number | null)[];
  /** bigints, which node-postgres returns as text. */
  readonly expires: (string | null)[];
}

interface Exchange {
  readonly token: TokenHashes;
  readonly usual: UsualExchange;
  readonly tries?: StoredTries | undefined;
}

/** Makes the usual exchange. Undefined, and nothing is changed, where anything is unusual or a limit is reached. */
export async function exchangeAsUsual(
  ask: UserDb['ask'],
  { token, usual: { refreshToken, salt, at, issuedAt, rule }, tries = noTries }: Exchange,
): ReturnType<RefreshStore['exchangeAsUsual']> {
  const { graceSeconds, tokenSeconds, life, limit } = rule;
  const [row] = await ask<Row>(statement, [
    token.token,
    hashRefreshToken(refreshToken),
    // With the salt a replica could repeat the exchange, whatever it believes the grace to be.
    graceSeconds === 0 ? null : salt,
    graceSeconds,
    at,
    issuedAt,
    tokenSeconds,
    life.idleSeconds,
    limit.perSession,
    limit.windowSeconds,
    setBackSeconds,
    tries.keys,
    tries.below,
    tries.at,
    tries.latest,
  ]);
  if (row === undefined) return undefined;
  const { sid, authTime, audience, userId, roles, points, expires } = row;
  const scopes = row.scope.split(' ').filter(Boolean);
  const session = { sid, authTime, audience, scopes, user: { id: userId, roles, disabled: false } };
  return {
    exchanged: { outcome: 'exchanged', refreshToken, session, grant: currentGrant(session, {}), issuedAt },
    found: tries.keys.map((_key, index) => {
      const [found, expire] = [points[index] ?? undefined, expires[index] ?? undefined];
      return found === undefined ? undefined : { points: found, expire: Number(expire) };
    }),
  };
}

const noTries: StoredTries = { keys: [], below: [], at: 0, latest: 0 };
