import type { Client } from '../client.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Sealed } from './seal.ts';
import type { Session } from './session.ts';
import type { SessionCache } from './session-lookup.ts';
import type { ExchangeStore, TokenExchangeOptions } from './token-exchange.ts';
import { createTokenExchange } from './token-exchange.ts';

export interface RenewalStore extends ExchangeStore {
  find(hashes: readonly string[]): Promise<ReadonlyMap<string, Session>>;
}

export interface RenewalOptions extends TokenExchangeOptions {
  readonly store: RenewalStore;
  readonly cache: SessionCache | undefined;
  /** Waits so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Keeps the access tokens of sessions fresh. */
export interface Renewal {
  /**
   * The session with an access token that has not expired. Waits only when the one it has is: otherwise the exchange goes
   * on beside the request.
   *
   * @param client called only when an exchange is due, which is rare
   * @throws GatewayError `no_session` when it is over, `cannot_refresh` while the user app does not say
   */
  fresh(session: Session, client: () => Client): Session | Promise<Session>;
  /**
   * The session with another access token than this one, which is refused before it expires: its claims have changed.
   *
   * @throws GatewayError as `fresh`
   */
  replace(session: Session, client: Client): Promise<Session>;
  /** Exchanges the tokens of a session whose exchange was broken off. */
  resume(session: Session): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** How long a request waits for the exchange of another process. */
const patienceMs = 6000;
/** A token is sent only while it will arrive in time, whatever the clocks say. */
const marginSeconds = 2;
/** So many tokens of one session are replaced before their time in so many seconds: a service that refuses all is no reason for more. */
const replaceLimit = { times: 5, seconds: 10 };

/** Creates the renewal: one exchange at a time for each session, among all replicas. */
export function createRenewal(options: RenewalOptions): Renewal {
  const { store, cache, wait, now, onTrouble } = options;
  const { exchange, unstored } = createTokenExchange(options);
  const running = new Map<string, Promise<Session>>();
  /** How often tokens were replaced before their time, and since when, the oldest first. */
  const replacements = new Map<string, { readonly since: number; times: number }>();

  /** Exchanges, or waits for the process that does. */
  async function renew(session: Session, client: Client | undefined, refused?: Sealed): Promise<Session> {
    let waitedMs = 0;
    for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 200)) {
      const mine = await exchange(session, client, refused);
      if (mine !== undefined) return mine;
      const theirs = (await store.find([session.hash])).get(session.hash);
      if (theirs === undefined) throw new GatewayError('no_session', 'ended');
      const isOther = refused === undefined || Buffer.compare(theirs.accessToken, refused) !== 0;
      if (isOther && theirs.refreshAt > now()) {
        await cache?.replace(theirs);
        return theirs;
      }
      if (isOther && isGood(theirs)) return theirs;
      if (waitedMs > patienceMs) throw new GatewayError('cannot_refresh', 'another exchange does not end');
      await wait(pauseMs);
      waitedMs += pauseMs;
    }
  }

  function isGood({ accessExpiresAt }: Session): boolean {
    return accessExpiresAt - marginSeconds > now();
  }

  /** All requests for one session on this replica share one exchange. */
  function shared(session: Session, client: Client | undefined, refused?: Sealed): Promise<Session> {
    const { hash } = session;
    const already = running.get(hash);
    if (already !== undefined) return already;
    const started = renew(session, client, refused).finally(() => running.delete(hash));
    running.set(hash, started);
    return started;
  }

  function countReplacement(hash: string): void {
    const at = now();
    for (const [other, { since }] of replacements) {
      if (Math.abs(at - since) < replaceLimit.seconds) break;
      replacements.delete(other);
    }
    const counted = replacements.get(hash) ?? { since: at, times: 0 };
    counted.times += 1;
    replacements.set(hash, counted);
    if (counted.times > replaceLimit.times)
      throw new GatewayError('cannot_refresh', 'its new tokens are refused as well');
  }

  return {
    fresh(found, client) {
      const session = unstored(found) ?? found;
      if (session.refreshAt > now()) return session;
      const renewed = shared(session, client());
      if (!isGood(session)) return renewed;
      renewed.catch(onTrouble);
      return session;
    },
    async replace(session, client) {
      const { hash, accessToken: refused } = session;
      const isOther = ({ accessToken }: Session) => Buffer.compare(accessToken, refused) !== 0;
      const kept = unstored(session);
      if (kept !== undefined && isOther(kept)) return kept;
      // The copy at hand may be an old one.
      const stored = (await store.find([hash])).get(hash);
      if (stored === undefined) throw new GatewayError('no_session', 'ended');
      if (isOther(stored) && isGood(stored)) {
        await cache?.replace(stored);
        return stored;
      }
      if (!running.has(hash)) countReplacement(hash);
      return shared(session, client, refused);
    },
    async resume(session) {
      await shared(session, undefined).catch(onTrouble);
    },
    async close() {
      await Promise.allSettled(running.values());
    },
  };
}
