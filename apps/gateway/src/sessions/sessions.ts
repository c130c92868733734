import type { Client } from '../client.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Seal, Sealed } from './seal.ts';
import type { Device, Identity, Renewed, Session, SessionAudit, SessionLife, Tokens } from './session.ts';
import { createSessionId, hashSessionId } from './session-id.ts';
import type { SessionCache } from './session-lookup.ts';
import { refreshTime } from './token-exchange.ts';
import type { Unfinished } from './unfinished.ts';

/** A session in a list of its user. `sid` is not shown. */
export type SessionView = Pick<Session, 'id' | 'sid' | 'createdAt' | 'lastUsedAt' | 'expiresAt'> & Device;

/** A session to store. */
export type NewSession = Omit<Session, 'id'> & Renewed & Device;

/** A session that was ended, with the refresh token that ends it at the user app. */
export interface EndedSession {
  readonly hash: string;
  readonly id: string;
  readonly sid: string;
  readonly refreshToken: Sealed;
}

/** Identifies a session: by its cookie, or by its id and its user. */
export type WhichSession = { readonly hash: string } | { readonly id: string; readonly userId: string };

export interface SessionStore {
  /**
   * Stores a session, and ends a running session that it replaces in the same transaction.
   *
   * @param replaced the hash of the previous cookie
   */
  create(
    session: NewSession,
    replaced: string | undefined,
  ): Promise<{ readonly session: Session; readonly ended: EndedSession | undefined }>;
  /** Lists a user's running sessions, newest first. */
  list(
    userId: string,
    page: { after: string | undefined; limit: number; runningAt: number; idleSince: number },
  ): Promise<readonly SessionView[]>;
  /** Ends a running session. Its row stays until `forget`. */
  end(which: WhichSession, at: number): Promise<EndedSession | undefined>;
  forget(hash: string): Promise<void>;
}

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly cache: SessionCache | undefined;
  readonly seal: Seal;
  /** Logs in at the user app. */
  readonly logIn: (credentials: Credentials, client: Client, device: Device) => Promise<Tokens>;
  /** Logs out at the user app. */
  readonly logOut: (refreshToken: string, client: Client | undefined) => Promise<void>;
  readonly identify: (accessToken: string) => Identity | 'refused';
  /** Returns whether a session ended at the user app, by the revocations that this process knows. */
  readonly hasEnded: (sid: string) => boolean;
  readonly unfinished: Pick<Unfinished, 'keep'>;
  readonly life: SessionLife;
  readonly audit: SessionAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Begins, lists and ends the sessions of browsers. */
export interface Sessions {
  /**
   * Logs in. The session always has a new id, so that a user cannot be made to use one that an attacker knows (session
   * fixation). The session of a replaced cookie ends. A login that fails, or whose client leaves, is undone.
   *
   * @param from.assertNotGone throws when the client has closed its connection
   */
  begin(
    credentials: Credentials,
    from: { client: Client; device: Device; replaced: string | undefined; assertNotGone: () => void },
  ): Promise<{ readonly cookie: string; readonly session: Session }>;
  list(
    userId: string,
    page: { after: string | undefined; limit: number },
  ): Promise<{ readonly items: readonly SessionView[]; readonly more: boolean }>;
  /** Logs out: at once for all replicas, at the user app as soon as it can be notified. Returns false if none runs. */
  end(which: WhichSession, reason: string, client: Client): Promise<boolean>;
  /** Ends a session at the user app, after it was ended here. */
  notify(ended: EndedSession, client?: Client): Promise<void>;
  /** Ends a session in the gateway only: it has already ended at the user app. */
  drop(which: WhichSession, reason: string, client: Client | undefined): Promise<void>;
}

/** Creates the sessions. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, cache, seal, logIn, logOut, identify, hasEnded, unfinished, life, audit, now, onError } = options;

  async function notify({ hash, refreshToken }: EndedSession, client?: Client): Promise<void> {
    // Marked again: Redis may have been down when the session ended.
    await cache?.end(hash);
    const token = seal.open(refreshToken, `refresh ${hash}`);
    // A token that no key decrypts cannot be used by an attacker either.
    if (token !== undefined) await logOut(token, client);
    await store.forget(hash);
  }

  /** Ends a session here. The cache is marked after the database: no replica can cache a row that it read before. */
  async function endHere(which: WhichSession): Promise<EndedSession | undefined> {
    const ended = await store.end(which, now());
    if (ended !== undefined) await cache?.end(ended.hash);
    return ended;
  }

  async function noteEnd(ended: EndedSession, reason: string, client: Client): Promise<void> {
    audit({ event: 'logout', outcome: 'ok', session: ended.id, sid: ended.sid, reason }, client);
    await notify(ended, client).catch(onError);
  }

  async function drop(which: WhichSession, reason: string, client: Client | undefined): Promise<void> {
    const ended = await endHere(which);
    if (ended === undefined) return;
    audit({ event: 'ended', outcome: 'ok', session: ended.id, sid: ended.sid, reason }, client);
    await store.forget(ended.hash);
  }

  /** Undoes a login that no browser can use: now, or by retries. */
  async function undo(hash: string, refreshToken: string, client: Client): Promise<void> {
    const logOutThere = () => logOut(refreshToken, client);
    await logOutThere().catch((error: unknown) => {
      onError(error);
      unfinished.keep('user app', logOutThere);
    });
    // The row may exist although storing it failed: the answer of the database can get lost.
    unfinished.keep('database', () => store.forget(hash));
  }

  return {
    async begin(credentials, { client, device, replaced, assertNotGone }) {
      const tokens = await logIn(credentials, client, device);
      const cookie = createSessionId();
      const hash = hashSessionId(cookie);
      try {
        assertNotGone();
        const identity = identify(tokens.accessToken);
        if (identity === 'refused') throw new GatewayError('no_session', 'ended while it began');
        const { userId, sid, roles, scope } = identity;
        const at = now();
        const created: NewSession = {
          hash,
          userId,
          sid,
          roles,
          scope,
          accessToken: seal.seal(tokens.accessToken, `access ${hash}`),
          refreshToken: seal.seal(tokens.refreshToken, `refresh ${hash}`),
          accessExpiresAt: identity.expiresAt,
          refreshAt: refreshTime(identity),
          createdAt: at,
          lastUsedAt: at,
          expiresAt: at + life.absoluteSeconds,
          ...device,
        };
        const { session, ended } = await store.create(created, replaced);
        audit({ event: 'login', outcome: 'ok', session: session.id, sid }, client);
        if (ended !== undefined) {
          await cache?.end(ended.hash);
          await noteEnd(ended, 'another login', client);
        }
        return { cookie, session };
      } catch (error) {
        await undo(hash, tokens.refreshToken, client);
        throw error;
      }
    },

    async list(userId, { after, limit }) {
      for (;;) {
        const at = now();
        const page = { after, limit: limit + 1, runningAt: at, idleSince: at - life.idleSeconds };
        const found = await store.list(userId, page);
        const ended = found.filter(({ sid }) => hasEnded(sid));
        if (ended.length === 0) return { items: found.slice(0, limit), more: found.length > limit };
        for (const { id } of ended) await drop({ id, userId }, 'it ended at the user app', undefined);
      }
    },

    async end(which, reason, client) {
      const ended = await endHere(which);
      if (ended === undefined) return false;
      await noteEnd(ended, reason, client);
      return true;
    },

    notify,

    drop,
  };
}
