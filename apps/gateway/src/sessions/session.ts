import type { Client } from '../client.ts';
import type { Sealed } from './seal.ts';

/** A session: the login of one browser. Times are seconds since 1970. */
export interface Session {
  /** The hash of the id in the cookie, from `hashSessionId`. */
  readonly hash: string;
  /** A UUID, shown to the user. It gives no access. */
  readonly id: string;
  readonly userId: string;
  /** The session at the user app. */
  readonly sid: string;
  readonly roles: readonly string[];
  /** Scopes, separated by spaces. */
  readonly scope: string;
  readonly accessToken: Sealed;
  readonly accessExpiresAt: number;
  /** The time from which the tokens are exchanged. */
  readonly refreshAt: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

/** What the user is shown about the browser of a session. */
export interface Device {
  readonly userAgent: string | undefined;
  /** The network of its address: `203.0.113.0/24`. */
  readonly addressPrefix: string | undefined;
}

/** The members of a session that an exchange of tokens changes. */
export type Renewed = Pick<Session, 'roles' | 'scope' | 'accessToken' | 'accessExpiresAt' | 'refreshAt'> & {
  readonly refreshToken: Sealed;
};

/** The longest life of sessions, in seconds. */
export interface SessionLife {
  readonly absoluteSeconds: number;
  /** The longest time without a request. */
  readonly idleSeconds: number;
}

/** The claims of a verified access token. Times are seconds since 1970. */
export interface Identity {
  readonly userId: string;
  readonly sid: string;
  readonly roles: readonly string[];
  readonly scope: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The tokens of a login or an exchange. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** An event of a session, for the audit trail. */
export interface SessionEvent {
  readonly event: 'login' | 'refresh' | 'logout' | 'ended';
  readonly outcome: 'ok' | 'failed';
  /** The `id` of the session. */
  readonly session?: string | undefined;
  readonly sid?: string | undefined;
  /** The reason, in words of the gateway. */
  readonly reason?: string | undefined;
}

/** Records an event after it has happened, with the client that caused it. */
export type SessionAudit = (event: SessionEvent, client: Client | undefined) => void;
