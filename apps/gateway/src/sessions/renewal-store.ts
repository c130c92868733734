import { type GatewayDb, Prisma } from '@auth/db/gateway';
import { refreshGraceSeconds } from '@auth/verify/times';
import type { RenewalStore } from './renewal.ts';
import { bytesOf, dateOf } from './session-row.ts';

/**
 * How long after its first use a refresh token may be sent again. The user app repeats the exchange for
 * `refreshGraceSeconds`; 3 s are a margin for the duration of a request to the user app, and 1 s is for clocks.
 */
const repeatSeconds = refreshGraceSeconds - 4;
/** How long the process that made an exchange has to store it, once the database answers again. */
const storeSeconds = 5;

/** Creates the store of token exchanges, on the database of the gateway. */
export function createRenewalStore({ client }: Pick<GatewayDb, 'client'>): Omit<RenewalStore, 'find'> {
  return {
    async claim(hash, { at, until, refused }) {
      const moment = (seconds: number) => Prisma.sql`${dateOf(seconds)}::timestamptz`;
      const [now, isTooLate] = [moment(at), Prisma.sql`refresh_sent_at < ${moment(at - repeatSeconds)}`];
      const [row] = await client.$queryRaw<{ refreshToken: Uint8Array; mayBeSent: boolean }[]>`
        UPDATE sessions SET
          refresh_at = LEAST(refresh_at, ${now}),
          refreshing_until = CASE WHEN ${isTooLate} THEN ${moment(at + storeSeconds)} ELSE ${moment(until)} END,
          refresh_sent_at = CASE WHEN ${isTooLate} THEN NULL ELSE COALESCE(refresh_sent_at, ${now}) END
        WHERE hash = ${bytesOf(hash)} AND ended_at IS NULL
          AND (refresh_at <= ${now} OR access_token = ${refused ?? null})
          AND (refreshing_until IS NULL OR refreshing_until <= ${now})
        RETURNING refresh_token AS "refreshToken", refresh_sent_at IS NOT NULL AS "mayBeSent"`;
      return row?.mayBeSent === true ? new Uint8Array(row.refreshToken) : undefined;
    },
    async renew(hash, exchanged, { accessExpiresAt, refreshAt, roles, ...tokens }) {
      const times = { accessExpiresAt: dateOf(accessExpiresAt), refreshAt: dateOf(refreshAt) };
      const { count } = await client.session.updateMany({
        where: { hash: bytesOf(hash), endedAt: null, refreshToken: exchanged },
        data: { ...tokens, ...times, roles: [...roles], refreshingUntil: null, refreshSentAt: null },
      });
      return count === 1;
    },
    async defer(hash, until, { mayBeDone }) {
      await client.session.updateMany({
        where: { hash: bytesOf(hash), endedAt: null },
        data: { refreshingUntil: dateOf(until), ...(mayBeDone ? {} : { refreshSentAt: null }) },
      });
    },
  };
}
