import type { UserDb } from '@auth/db/user';
import type { Exchanged } from './refresh-rule.ts';
import { currentGrant, setBackSeconds } from './refresh-rule.ts';
import type { TokenHashes } from './refresh-token.ts';
import { hashRefreshToken } from './refresh-token.ts';
import type { UsualExchange } from './usual-exchange.ts';

/** The function is made by a migration. It changes nothing where the rule of refreshing would decide otherwise. */
const statement = {
  name: 'exchange refresh token',
  text: 'SELECT * FROM exchange_refresh_token($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
};

interface Row {
  readonly sid: string;
  readonly userId: string;
  readonly roles: string[];
  readonly scope: string;
  readonly audience: string[];
  readonly authTime: Date;
}

/** Makes the usual exchange. Undefined, and nothing is changed, where anything is unusual. */
export async function exchangeAsUsual(
  ask: UserDb['ask'],
  token: TokenHashes,
  { refreshToken, salt, at, issuedAt, rule }: UsualExchange,
): Promise<Exchanged | undefined> {
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
  ]);
  if (row === undefined) return undefined;
  const { sid, authTime, audience, userId, roles } = row;
  const scopes = row.scope.split(' ').filter(Boolean);
  const session = { sid, authTime, audience, scopes, user: { id: userId, roles, disabled: false } };
  return { outcome: 'exchanged', refreshToken, session, grant: currentGrant(session, {}), issuedAt };
}
