import type { Client } from '../client.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Seal, Sealed } from './seal.ts';
import type { Identity, Renewed, Session, SessionAudit, Tokens } from './session.ts';
import type { SessionCache } from './session-lookup.ts';
import type { Unfinished } from './unfinished.ts';

export interface ExchangeStore {
  /**
   * Claims the exchange of a session's tokens, for all replicas. Returns the sealed refresh token, or `undefined` when
   * the exchange is not due, another process has it or may still have to store it, or the session has ended. The exchange
   * is due from `refreshAt` on, and at once where `refused` is the access token of the row.
   */
  claim(
    hash: string,
    term: { readonly at: number; readonly until: number; readonly refused?: Sealed | undefined },
  ): Promise<Sealed | undefined>;
  /** Replaces a refresh token with new tokens and ends the claim. False when the row has another refresh token. */
  renew(hash: string, exchanged: Sealed, renewed: Renewed): Promise<boolean>;
  /** Delays the next attempt of any process. `mayBeDone`: whether the user app may have made the exchange. */
  defer(hash: string, until: number, options: { readonly mayBeDone: boolean }): Promise<void>;
}

export interface TokenExchangeOptions {
  readonly store: ExchangeStore;
  readonly cache: SessionCache | undefined;
  readonly seal: Seal;
  /** Exchanges a refresh token at the user app. Returns `refused` when the session has ended there. */
  readonly refresh: (refreshToken: string, client: Client | undefined) => Promise<Tokens | 'refused'>;
  /** Whether an exchange that failed with this error may still have been made. */
  readonly mayBeDone: (error: unknown) => boolean;
  /** Verifies an access token. Returns `refused` when it is revoked. */
  readonly identify: (accessToken: string) => Identity | 'refused';
  /** Ends a session in the gateway only: it has already ended at the user app. */
  readonly end: (session: Session, reason: string, client: Client | undefined) => Promise<void>;
  readonly unfinished: Pick<Unfinished, 'keep'>;
  readonly audit: SessionAudit;
  /** How long a claim keeps other processes away: longer than the timeout of a request to the user app. */
  readonly leaseSeconds: number;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Exchanges the tokens of sessions, each once among all replicas. */
export interface TokenExchange {
  /**
   * Makes one exchange. Returns `undefined` when another process has it.
   *
   * @param refused the sealed access token that is to be replaced although it has not expired
   * @throws GatewayError `no_session` when the user app refuses, `cannot_refresh` when it does not answer
   */
  exchange(session: Session, client: Client | undefined, refused?: Sealed): Promise<Session | undefined>;
  /** Returns the session with the tokens of an exchange that could not be stored yet. */
  unstored(session: Session): Session | undefined;
}

/** The delay after the user app was unavailable. */
const retrySeconds = 1;

const beforeExpirySeconds = 60;

/** When tokens with these times are exchanged: a minute before they expire, or halfway for very short ones. */
export function refreshTime({ issuedAt, expiresAt }: Pick<Identity, 'issuedAt' | 'expiresAt'>): number {
  return expiresAt - Math.min(beforeExpirySeconds, (expiresAt - issuedAt) / 2);
}

/** Creates the exchange. */
export function createTokenExchange(options: TokenExchangeOptions): TokenExchange {
  const { store, cache, seal, refresh, mayBeDone, identify, end, unfinished, audit, leaseSeconds, now } = options;
  /** Exchanges that the user app has made and that are not in the database yet. */
  const unstored = new Map<string, Renewed>();

  function unstoredOf(session: Session): Session | undefined {
    const renewed = unstored.get(session.hash);
    return renewed && withTokens(session, renewed);
  }

  async function ask(session: Session, sealed: Sealed, client: Client | undefined): Promise<Tokens | 'refused'> {
    const refreshToken = seal.open(sealed, `refresh ${session.hash}`);
    if (refreshToken === undefined) throw new GatewayError('no_session', 'no key opens its tokens');
    try {
      return await refresh(refreshToken, client);
    } catch (cause) {
      // A failure to store the delay only postpones the next attempt.
      await store.defer(session.hash, now() + retrySeconds, { mayBeDone: mayBeDone(cause) }).catch(options.onError);
      throw new GatewayError('cannot_refresh', 'the user app gave no tokens', { cause });
    }
  }

  /** The row to store. Of tokens that cannot be verified now only the refresh token is used, for another attempt. */
  function renewedBy(session: Session, { accessToken, refreshToken }: Tokens): Renewed & { failure?: unknown } {
    const { hash } = session;
    const next = { refreshToken: seal.seal(refreshToken, `refresh ${hash}`) };
    try {
      const identity = identify(accessToken);
      if (identity === 'refused') throw new GatewayError('cannot_refresh', 'the new access token is revoked');
      return {
        ...next,
        roles: identity.roles,
        scope: identity.scope,
        accessExpiresAt: identity.expiresAt,
        accessToken: seal.seal(accessToken, `access ${hash}`),
        refreshAt: refreshTime(identity),
      };
    } catch (failure) {
      const { roles, scope, accessToken: kept, accessExpiresAt } = session;
      return { ...next, roles, scope, accessToken: kept, accessExpiresAt, refreshAt: now() + retrySeconds, failure };
    }
  }

  /** Stores the tokens. An exchange cannot be repeated, so tokens that cannot be stored now are kept and retried. */
  async function keep(session: Session, exchanged: Sealed, renewed: Renewed): Promise<'stored' | 'kept' | 'overtaken'> {
    const { hash } = session;
    const write = async () => {
      const isStored = await store.renew(hash, exchanged, renewed);
      if (isStored) await cache?.replace(withTokens(session, renewed));
      return isStored;
    };
    try {
      return (await write()) ? 'stored' : 'overtaken';
    } catch (error) {
      options.onError(error);
      unstored.set(hash, renewed);
      unfinished.keep('database', async () => {
        await write();
        unstored.delete(hash);
      });
      return 'kept';
    }
  }

  return {
    async exchange(session, client, refused) {
      const { hash, id, sid } = session;
      const at = now();
      const sealed = await store.claim(hash, { at, until: at + leaseSeconds, refused });
      if (sealed === undefined) return undefined;
      const over = async (reason: string): Promise<never> => {
        audit({ event: 'refresh', outcome: 'failed', session: id, sid, reason }, client);
        await end(session, reason, client);
        throw new GatewayError('no_session', reason);
      };
      const tokens = await ask(session, sealed, client).catch((error: unknown) =>
        error instanceof GatewayError && error.code === 'no_session' ? over(error.reason) : Promise.reject(error),
      );
      if (tokens === 'refused') return over('the user app has ended it');
      const { failure, ...renewed } = renewedBy(session, tokens);
      // Another process was faster, or the session has ended: the row is right.
      if ((await keep(session, sealed, renewed)) === 'overtaken') return undefined;
      if (failure !== undefined) {
        throw new GatewayError('cannot_refresh', 'the new tokens cannot be verified', { cause: failure });
      }
      audit({ event: 'refresh', outcome: 'ok', session: id, sid }, client);
      return withTokens(session, renewed);
    },
    unstored: unstoredOf,
  };
}

function withTokens(session: Session, { refreshToken: _, ...shown }: Renewed): Session {
  return { ...session, ...shown };
}
