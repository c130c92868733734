import type { UserDb } from '@auth/db/user';
import type { StoredLimits } from '../limits/rate-limit.ts';
import type { FastExchange, RefreshStore } from './refresh.ts';
import { currentGrant, setBackSeconds } from './refresh-rule.ts';
import { hashRefreshToken, type TokenHashes } from './refresh-token.ts';

/** A migration creates the function. It changes nothing when `createRefreshRule` would decide otherwise. */
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

interface Options {
  readonly token: TokenHashes;
  readonly exchange: FastExchange;
  readonly limits?: StoredLimits | undefined;
}

const noLimits: StoredLimits = { keys: [], below: [], at: 0, latest: 0 };

/** Makes a fast exchange. Returns `undefined`, with nothing changed, when the rule must decide or a limit is reached. */
export async function exchangeFast(
  ask: UserDb['ask'],
  { token, exchange: { refreshToken, salt, at, issuedAt, rule }, limits = noLimits }: Options,
): ReturnType<RefreshStore['exchangeFast']> {
  const { graceSeconds, tokenSeconds, life, limit } = rule;
  const [row] = await ask<Row>(statement, [
    token.token,
    hashRefreshToken(refreshToken),
    // With a stored salt, a replica that has a grace could repeat the exchange.
    graceSeconds === 0 ? null : salt,
    graceSeconds,
    at,
    issuedAt,
    tokenSeconds,
    life.idleSeconds,
    limit.perSession,
    limit.windowSeconds,
    setBackSeconds,
    limits.keys,
    limits.below,
    limits.at,
    limits.latest,
  ]);
  if (row === undefined) return undefined;
  const { sid, authTime, audience, userId, roles, points, expires } = row;
  const scopes = row.scope.split(' ').filter(Boolean);
  const session = { sid, authTime, audience, scopes, user: { id: userId, roles, disabled: false } };
  return {
    exchanged: { outcome: 'exchanged', refreshToken, session, grant: currentGrant(session, {}), issuedAt },
    found: limits.keys.map((_key, index) => {
      const [found, expire] = [points[index] ?? undefined, expires[index] ?? undefined];
      return found === undefined ? undefined : { points: found, expire: Number(expire) };
    }),
  };
}
