import type { Client } from '../client.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Sealed } from './seal.ts';
import type { Session } from './session.ts';
import type { SessionCache } from './session-lookup.ts';
import { createTokenExchange, type ExchangeStore, type TokenExchangeOptions } from './token-exchange.ts';

export interface RenewalStore extends ExchangeStore {
  find(hashes: readonly string[]): Promise<ReadonlyMap<string, Session>>;
}

export interface RenewalOptions extends TokenExchangeOptions {
  readonly store: RenewalStore;
  readonly cache: SessionCache | undefined;
  /** Resolves after a number of milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

/** Keeps the access tokens of sessions fresh. */
export interface Renewal {
  /**
   * Returns the session with an access token that has not expired. Waits for an exchange only when the token has expired;
   * otherwise the exchange runs in parallel with the request.
   *
   * @param client called only when an exchange is due, which is rare
   * @throws GatewayError `no_session` when the session has ended, `cannot_refresh` while the user app does not answer
   */
  fresh(session: Session, client: () => Client): Session | Promise<Session>;
  /**
   * Returns the session with another access token, for one that is refused before it expires: its claims have changed.
   *
   * @throws GatewayError as `fresh`
   */
  replace(session: Session, client: Client): Promise<Session>;
  /** Exchanges the tokens of a session whose last exchange did not end. */
  resume(session: Session): Promise<void>;
  /** Waits for the running exchanges. */
  close(): Promise<void>;
}

/** The longest time that a request waits for the exchange of another process. */
const maxWaitMs = 6000;
/** The remaining life that a token must have to be used: the time on the way, and the difference of two clocks. */
const marginSeconds = 2;
/** The bound for replacements of valid tokens per session: a service that refuses every token must not cause more. */
const replaceLimit = { times: 5, seconds: 10 };

/** Creates the renewal. All replicas together make one exchange at a time for a session. */
export function createRenewal(options: RenewalOptions): Renewal {
  const { store, cache, wait, now, onError } = options;
  const { exchange, unstored } = createTokenExchange(options);
  const running = new Map<string, Promise<Session>>();
  /** Replacements per session, with the time of the first, the oldest first. */
  const replacements = new Map<string, { readonly since: number; times: number }>();

  /** Exchanges the tokens, or waits for the process that does. */
  async function renew(session: Session, client: Client | undefined, refused?: Sealed): Promise<Session> {
    let waitedMs = 0;
    for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 200)) {
      const own = await exchange(session, client, refused);
      if (own !== undefined) return own;
      const theirs = (await store.find([session.hash])).get(session.hash);
      if (theirs === undefined) throw new GatewayError('no_session', 'ended');
      const isOther = refused === undefined || Buffer.compare(theirs.accessToken, refused) !== 0;
      if (isOther && theirs.refreshAt > now()) {
        await cache?.replace(theirs);
        return theirs;
      }
      if (isOther && isGood(theirs)) return theirs;
      if (waitedMs > maxWaitMs) throw new GatewayError('cannot_refresh', 'another exchange does not end');
      await wait(pauseMs);
      waitedMs += pauseMs;
    }
  }

  function isGood({ accessExpiresAt }: Session): boolean {
    return accessExpiresAt - marginSeconds > now();
  }

  /** Shares one exchange among all requests for a session on this replica. */
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
      renewed.catch(onError);
      return session;
    },
    async replace(session, client) {
      const { hash, accessToken: refused } = session;
      const isOther = ({ accessToken }: Session) => Buffer.compare(accessToken, refused) !== 0;
      const kept = unstored(session);
      if (kept !== undefined && isOther(kept)) return kept;
      // The session may come from a cache that is out of date.
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
      await shared(session, undefined).catch(onError);
    },
    async close() {
      await Promise.allSettled(running.values());
    },
  };
}
