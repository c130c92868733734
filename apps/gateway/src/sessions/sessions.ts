import type { Client } from '../client.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Seal, Sealed } from './seal.ts';
import type { Device, Identity, Renewed, Session, SessionAudit, SessionLife, Tokens } from './session.ts';
import { createSessionId, hashSessionId } from './session-id.ts';
import type { SessionCache } from './session-lookup.ts';
import { refreshTime } from './token-exchange.ts';
import type { Unfinished } from './unfinished.ts';

/** A session as its owner sees it; `sid` is not for them. */
export type SessionView = Pick<Session, 'id' | 'sid' | 'createdAt' | 'lastUsedAt' | 'expiresAt'> & Device;

/** A session that begins. */
export type NewSession = Omit<Session, 'id'> & Renewed & Device;

/** A session that was ended, and what the user app must be told it with. */
export interface EndedSession {
  readonly hash: string;
  readonly id: string;
  readonly sid: string;
  readonly refreshToken: Sealed;
}

/** Which session: by its cookie, or by its name and its owner. */
export type WhichSession = { readonly hash: string } | { readonly id: string; readonly userId: string };

export interface SessionStore {
  /**
   * Stores a session, and in the same transaction ends the one whose cookie it replaces, if that runs.
   *
   * @param replaced the hash of the cookie that the browser had
   */
  create(
    session: NewSession,
    replaced: string | undefined,
  ): Promise<{ readonly session: Session; readonly ended: EndedSession | undefined }>;
  /** A user's running sessions, newest first. */
  list(
    userId: string,
    page: { after: string | undefined; limit: number; runningAt: number; idleSince: number },
  ): Promise<readonly SessionView[]>;
  /** Ends a session, if it runs. Its row stays until `forget`. */
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
  /** Whether a session ended at the user app, as far as is known here. */
  readonly hasEnded: (sid: string) => boolean;
  readonly unfinished: Pick<Unfinished, 'keep'>;
  readonly life: SessionLife;
  readonly audit: SessionAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The sessions of browsers. */
export interface Sessions {
  /**
   * Logs in. Always a new id, whatever the browser had, so that no user can be made to use one that an attacker knows. The
   * session of the cookie that it replaces ends with it; a login that fails leaves nothing behind, here or at the user app,
   * nor does one whose client is gone by then.
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
  /** Logs out: here at once and for all replicas, at the user app at once or as soon as it can be told. */
  end(which: WhichSession, reason: string, client: Client): Promise<boolean>;
  /** Tells the user app of a session that was ended. */
  tell(ended: EndedSession, client?: Client): Promise<void>;
  /** Ends a session of which the user app knows. */
  drop(which: WhichSession, reason: string, client: Client | undefined): Promise<void>;
}

/** Makes them. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, cache, seal, logIn, logOut, identify, hasEnded, unfinished, life, audit, now, onTrouble } = options;

  async function tell({ hash, refreshToken }: EndedSession, client?: Client): Promise<void> {
    // Once more: the first time it may have been out of reach.
    await cache?.end(hash);
    const token = seal.open(refreshToken, `refresh ${hash}`);
    // What no key opens nobody can use any more either.
    if (token !== undefined) await logOut(token, client);
    await store.forget(hash);
  }

  /** The cache is told afterwards: from then on nobody can put back what they read before. */
  async function endHere(which: WhichSession): Promise<EndedSession | undefined> {
    const ended = await store.end(which, now());
    if (ended !== undefined) await cache?.end(ended.hash);
    return ended;
  }

  async function noteEnd(ended: EndedSession, reason: string, client: Client): Promise<void> {
    audit({ event: 'logout', outcome: 'ok', session: ended.id, sid: ended.sid, reason }, client);
    await tell(ended, client).catch(onTrouble);
  }

  async function drop(which: WhichSession, reason: string, client: Client | undefined): Promise<void> {
    const ended = await endHere(which);
    if (ended === undefined) return;
    audit({ event: 'ended', outcome: 'ok', session: ended.id, sid: ended.sid, reason }, client);
    await store.forget(ended.hash);
  }

  /** Undoes a login that no browser can use: now, or as soon as that can be done. */
  async function undo(hash: string, refreshToken: string, client: Client): Promise<void> {
    const logOutThere = () => logOut(refreshToken, client);
    await logOutThere().catch((error: unknown) => {
      onTrouble(error);
      unfinished.keep('user app', logOutThere);
    });
    // The row may be there although storing it failed: an answer of the database can get lost.
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
        const at = now();
        const created: NewSession = {
          ...{ hash, userId: identity.userId, sid: identity.sid, roles: identity.roles, scope: identity.scope },
          accessToken: seal.seal(tokens.accessToken, `access ${hash}`),
          refreshToken: seal.seal(tokens.refreshToken, `refresh ${hash}`),
          accessExpiresAt: identity.expiresAt,
          refreshAt: refreshTime(identity),
          ...{ createdAt: at, lastUsedAt: at, expiresAt: at + life.absoluteSeconds },
          ...device,
        };
        const { session, ended } = await store.create(created, replaced);
        audit({ event: 'login', outcome: 'ok', session: session.id, sid: session.sid }, client);
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

    tell,

    drop,
  };
}
