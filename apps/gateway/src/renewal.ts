import type { Asker } from './asker.ts';
import { GatewayError } from './gateway-error.ts';
import type { Seal, Sealed } from './seal.ts';
import type { Identity, Renewed, Session, SessionAudit, Tokens } from './session.ts';
import type { SessionCache } from './session-lookup.ts';

export interface RenewalStore {
  find(hashes: readonly string[]): Promise<ReadonlyMap<string, Session>>;
  /**
   * Takes the exchange of a session's tokens on, for all replicas: the sealed refresh token, or `undefined` when it is not
   * due, somebody else has it, or the session has ended.
   */
  claim(hash: string, term: { readonly at: number; readonly until: number }): Promise<Sealed | undefined>;
  /** Puts new tokens in the place of a refresh token and ends the claim. False when it is not there any more. */
  renew(hash: string, exchanged: Sealed, renewed: Renewed): Promise<boolean>;
  /** Nobody tries again before then. */
  defer(hash: string, until: number): Promise<void>;
}

export interface RenewalOptions {
  readonly store: RenewalStore;
  readonly cache: SessionCache | undefined;
  readonly seal: Seal;
  /** Exchanges a refresh token at the user app: `refused` when it says that the session is over. */
  readonly refresh: (refreshToken: string, asker: Asker | undefined) => Promise<Tokens | 'refused'>;
  /** Verifies an access token: `refused` when its session is over. */
  readonly identify: (accessToken: string) => Identity | 'refused';
  /** Ends a session here; the user app knows. */
  readonly end: (session: Session, reason: string, asker: Asker | undefined) => Promise<void>;
  readonly audit: SessionAudit;
  /**
   * How long one exchange is left alone: longer than the user app is waited for, and shorter than it repeats one for
   * whoever lost its answer (10 s).
   */
  readonly leaseSeconds: number;
  /** Waits so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
}

/** Keeps the access tokens of sessions fresh. */
export interface Renewal {
  /**
   * The session with an access token that is good. Waits only when the one it has is not: otherwise the exchange goes on
   * beside the request.
   *
   * @param asker is asked for who asks when an exchange is due, which is hardly ever
   * @throws GatewayError `no_session` when it is over, `cannot_refresh` while nobody can say
   */
  fresh(session: Session, asker: () => Asker): Session | Promise<Session>;
  /** Exchanges the tokens of a session whose exchange was broken off. */
  resume(session: Session): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** While the user app cannot be asked. */
const retrySeconds = 1;
/** How long a request waits for others' exchange. */
const patienceSeconds = 6;
/** A token is sent only while it will arrive in time, whatever the clocks say. */
const marginSeconds = 2;
const beforeExpirySeconds = 60;

/** When tokens with these times are to be exchanged: a minute before they expire, or halfway for very short ones. */
export function refreshTime({ issuedAt, expiresAt }: Pick<Identity, 'issuedAt' | 'expiresAt'>): number {
  return expiresAt - Math.min(beforeExpirySeconds, (expiresAt - issuedAt) / 2);
}

/** Makes it. One exchange at a time for each session, among all replicas. */
export function createRenewal(options: RenewalOptions): Renewal {
  const { store, cache, seal, refresh, identify, end, audit, leaseSeconds, wait, now, onTrouble } = options;
  const running = new Map<string, Promise<Session>>();

  /** One exchange; `undefined` when it is somebody else's. */
  async function exchange(session: Session, asker: Asker | undefined): Promise<Session | undefined> {
    const { hash, id, sid } = session;
    const at = now();
    const sealed = await store.claim(hash, { at, until: at + leaseSeconds });
    if (sealed === undefined) return undefined;
    const over = async (reason: string): Promise<never> => {
      audit({ event: 'refresh', outcome: 'failed', session: id, sid, reason }, asker);
      await end(session, reason, asker);
      throw new GatewayError('no_session', reason);
    };
    const refreshToken = seal.open(sealed, `refresh ${hash}`);
    if (refreshToken === undefined) return over('no key opens its tokens');
    let tokens: Tokens | 'refused';
    let identity: Identity | 'refused';
    try {
      tokens = await refresh(refreshToken, asker);
      identity = tokens === 'refused' ? 'refused' : identify(tokens.accessToken);
    } catch (cause) {
      await store.defer(hash, now() + retrySeconds);
      throw new GatewayError('cannot_refresh', 'the user app gave no tokens', { cause });
    }
    if (tokens === 'refused' || identity === 'refused') return over('the user app has ended it');
    const renewed = {
      roles: identity.roles,
      scope: identity.scope,
      accessToken: seal.seal(tokens.accessToken, `access ${hash}`),
      refreshToken: seal.seal(tokens.refreshToken, `refresh ${hash}`),
      accessExpiresAt: identity.expiresAt,
      refreshAt: refreshTime(identity),
    };
    // Somebody was quicker, or has ended it: what is in the row now counts.
    if (!(await store.renew(hash, sealed, renewed))) return undefined;
    const { refreshToken: _, ...shown } = renewed;
    const fresh = { ...session, ...shown };
    await cache?.replace(fresh);
    audit({ event: 'refresh', outcome: 'ok', session: id, sid }, asker);
    return fresh;
  }

  /** Exchanges, or waits for whoever does. */
  async function renew(session: Session, asker: Asker | undefined): Promise<Session> {
    const deadline = now() + patienceSeconds;
    for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
      const mine = await exchange(session, asker);
      if (mine !== undefined) return mine;
      const theirs = (await store.find([session.hash])).get(session.hash);
      if (theirs === undefined) throw new GatewayError('no_session', 'ended');
      if (theirs.refreshAt > now()) {
        await cache?.replace(theirs);
        return theirs;
      }
      if (isGood(theirs)) return theirs;
      if (now() > deadline) throw new GatewayError('cannot_refresh', 'another exchange does not end');
      await wait(pause);
    }
  }

  function isGood({ accessExpiresAt }: Session): boolean {
    return accessExpiresAt - marginSeconds > now();
  }

  /** All who ask for one session here share one exchange. */
  function shared(session: Session, asker: Asker | undefined): Promise<Session> {
    const { hash } = session;
    const already = running.get(hash);
    if (already !== undefined) return already;
    const started = renew(session, asker).finally(() => running.delete(hash));
    running.set(hash, started);
    return started;
  }

  return {
    fresh(session, asker) {
      if (session.refreshAt > now()) return session;
      const renewed = shared(session, asker());
      if (!isGood(session)) return renewed;
      renewed.catch(onTrouble);
      return session;
    },
    async resume(session) {
      await shared(session, undefined).catch(onTrouble);
    },
    async close() {
      await Promise.allSettled(running.values());
    },
  };
}
