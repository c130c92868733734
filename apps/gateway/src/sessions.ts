import type { Asker } from './asker.ts';
import { GatewayError } from './gateway-error.ts';
import { refreshTime } from './renewal.ts';
import type { Seal, Sealed } from './seal.ts';
import type { Device, Identity, Renewed, Session, SessionAudit, SessionLife, Tokens } from './session.ts';
import { createSessionId, hashSessionId } from './session-id.ts';
import type { SessionCache } from './session-lookup.ts';

/** A session as its owner sees it. */
export type SessionView = Pick<Session, 'id' | 'createdAt' | 'lastUsedAt' | 'expiresAt'> & Device;

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
  create(session: Omit<Session, 'id'> & Renewed & Device): Promise<Session>;
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
  readonly logIn: (credentials: Credentials, asker: Asker, device: Device) => Promise<Tokens>;
  /** Logs out at the user app. */
  readonly logOut: (refreshToken: string, asker: Asker | undefined) => Promise<void>;
  readonly identify: (accessToken: string) => Identity | 'refused';
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
  /** Logs in. Always a new id, whatever the browser had: nobody can be made to use one that somebody else knows. */
  begin(
    credentials: Credentials,
    visitor: { asker: Asker; device: Device },
  ): Promise<{ readonly cookie: string; readonly session: Session }>;
  list(
    userId: string,
    page: { after: string | undefined; limit: number },
  ): Promise<{ readonly items: readonly SessionView[]; readonly more: boolean }>;
  /** Logs out: here at once and for all replicas, at the user app at once or as soon as it can be told. */
  end(which: WhichSession, reason: string, asker: Asker): Promise<boolean>;
  /** Tells the user app of a session that was ended. */
  tell(ended: EndedSession, asker?: Asker): Promise<void>;
  /** Ends a session of which the user app knows. */
  drop(session: Session, reason: string, asker: Asker | undefined): Promise<void>;
}

/** Makes them. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, cache, seal, logIn, logOut, identify, life, audit, now, onTrouble } = options;

  async function tell({ hash, refreshToken }: EndedSession, asker?: Asker): Promise<void> {
    // Once more: the first time it may have been out of reach.
    await cache?.end(hash);
    const token = seal.open(refreshToken, `refresh ${hash}`);
    // What no key opens nobody can use any more either.
    if (token !== undefined) await logOut(token, asker);
    await store.forget(hash);
  }

  /** The cache is told afterwards: from then on nobody can put back what they read before. */
  async function endHere(which: WhichSession): Promise<EndedSession | undefined> {
    const ended = await store.end(which, now());
    if (ended !== undefined) await cache?.end(ended.hash);
    return ended;
  }

  return {
    async begin(credentials, { asker, device }) {
      const tokens = await logIn(credentials, asker, device);
      const cookie = createSessionId();
      const hash = hashSessionId(cookie);
      try {
        const identity = identify(tokens.accessToken);
        if (identity === 'refused') throw new GatewayError('no_session', 'ended while it began');
        const at = now();
        const session = await store.create({
          ...{ hash, userId: identity.userId, sid: identity.sid, roles: identity.roles, scope: identity.scope },
          accessToken: seal.seal(tokens.accessToken, `access ${hash}`),
          refreshToken: seal.seal(tokens.refreshToken, `refresh ${hash}`),
          accessExpiresAt: identity.expiresAt,
          refreshAt: refreshTime(identity),
          ...{ createdAt: at, lastUsedAt: at, expiresAt: at + life.absoluteSeconds },
          ...device,
        });
        audit({ event: 'login', outcome: 'ok', session: session.id, sid: session.sid }, asker);
        return { cookie, session };
      } catch (error) {
        // A login that nobody can use is undone, if that can be.
        await logOut(tokens.refreshToken, asker).catch(onTrouble);
        throw error;
      }
    },

    async list(userId, { after, limit }) {
      const at = now();
      const page = { after, limit: limit + 1, runningAt: at, idleSince: at - life.idleSeconds };
      const found = await store.list(userId, page);
      return { items: found.slice(0, limit), more: found.length > limit };
    },

    async end(which, reason, asker) {
      const ended = await endHere(which);
      if (ended === undefined) return false;
      audit({ event: 'logout', outcome: 'ok', session: ended.id, sid: ended.sid, reason }, asker);
      await tell(ended, asker).catch(onTrouble);
      return true;
    },

    tell,

    async drop({ hash }, reason, asker) {
      const ended = await endHere({ hash });
      if (ended === undefined) return;
      audit({ event: 'ended', outcome: 'ok', session: ended.id, sid: ended.sid, reason }, asker);
      await store.forget(hash);
    },
  };
}
