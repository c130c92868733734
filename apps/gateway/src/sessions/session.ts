import type { Client } from '../client.ts';
import type { Sealed } from './seal.ts';

/** The login of one browser, as every request needs it. Times are seconds since 1970. */
export interface Session {
  /** What is stored of the id that its cookie holds, from `hashSessionId`. */
  readonly hash: string;
  /** Names it to its owner; a UUID. Opens nothing. */
  readonly id: string;
  readonly userId: string;
  /** The session at the user app. */
  readonly sid: string;
  readonly roles: readonly string[];
  /** Space separated. */
  readonly scope: string;
  readonly accessToken: Sealed;
  readonly accessExpiresAt: number;
  /** From then on its tokens are to be exchanged. */
  readonly refreshAt: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

/** Where a browser is, as far as its owner is told. */
export interface Device {
  readonly userAgent: string | undefined;
  /** The network of its address: `203.0.113.0/24`. */
  readonly addressPrefix: string | undefined;
}

/** What an exchange of tokens changes about a session. */
export type Renewed = Pick<Session, 'roles' | 'scope' | 'accessToken' | 'accessExpiresAt' | 'refreshAt'> & {
  readonly refreshToken: Sealed;
};

/** How long sessions last, in seconds. */
export interface SessionLife {
  readonly absoluteSeconds: number;
  /** Without a request. */
  readonly idleSeconds: number;
}

/** What an access token says, once it is verified. Times are seconds since 1970. */
export interface Identity {
  readonly userId: string;
  readonly sid: string;
  readonly roles: readonly string[];
  readonly scope: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The tokens that the user app hands out. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What happens to sessions, for the audit trail. */
export interface SessionEvent {
  readonly event: 'login' | 'refresh' | 'logout' | 'ended';
  readonly outcome: 'ok' | 'failed';
  /** The `id` of the session. */
  readonly session?: string | undefined;
  readonly sid?: string | undefined;
  /** Why, in words of ours. */
  readonly reason?: string | undefined;
}

/** Told of each event when it has happened, and of whose doing it was. */
export type SessionAudit = (event: SessionEvent, client: Client | undefined) => void;
