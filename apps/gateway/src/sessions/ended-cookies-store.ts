import type { GatewayDb } from '@auth/db/gateway';
import { type EndedCookiesStore, keepSeconds } from './ended-cookies.ts';
import { bytesOf, hashOf } from './session-row.ts';

const recent = {
  name: 'cookies that ended',
  text: 'select hash from ended_cookies where at > now() - make_interval(secs => $1)',
};

/** How long after a login a late answer to a request with the previous cookie may still arrive. */
const replacedSeconds = 60;

/** Reads the cookies that ended. They are written in the transactions that end their sessions: `session-store.ts`. */
export function createEndedCookiesStore({ client, ask }: Pick<GatewayDb, 'client' | 'ask'>) {
  const store: EndedCookiesStore = {
    async findRecent(withinSeconds) {
      const rows = await ask<{ hash: Buffer }>(recent, [withinSeconds]);
      return rows.map(({ hash }) => hashOf(hash));
    },
  };
  return {
    ...store,
    /** Whether a login replaced this cookie within the last minute. */
    async isReplaced(hash: string): Promise<boolean> {
      const rows = await client.$queryRaw<object[]>`
        SELECT 1 FROM ended_cookies
        WHERE hash = ${bytesOf(hash)} AND replaced AND at > now() - ${replacedSeconds} * interval '1 second'`;
      return rows.length > 0;
    },
    /** Removes entries that are older than any cached copy. */
    removeOld: (limit: number): Promise<number> => client.$executeRaw`
      DELETE FROM ended_cookies WHERE hash IN (
        SELECT hash FROM ended_cookies WHERE at < now() - ${keepSeconds} * interval '1 second' LIMIT ${limit}
      )`,
  };
}
