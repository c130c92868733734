import type { Actor } from '../accounts/actor.ts';
import type { Grant } from './grant.ts';
import type { TokenHashes } from './refresh-token.ts';

/** How long a session lasts, in seconds. */
export interface SessionLife {
  /** However often it is used. */
  readonly absoluteSeconds: number;
  /** Without being used. */
  readonly idleSeconds: number;
}

/** Why a session ended before its time. */
export type EndReason =
  | 'logout'
  | 'logout_all'
  | 'ended'
  | 'reuse'
  | 'password'
  | 'disabled'
  /** The account had as many sessions as it may, and this was the oldest. */
  | 'session_limit'
  /** Its tokens were issued by a clock that was wrong. */
  | 'clock';

/** An account as far as a session needs it. */
export interface SessionUser {
  readonly id: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

/** Where a session is used from, as far as its owner is told. */
export interface Device {
  readonly userAgent: string | undefined;
  /** The network of its address: `203.0.113.0/24`. */
  readonly addressPrefix: string | undefined;
}

/** A session as its owner sees it. */
export interface SessionView extends Device {
  readonly sid: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  /** When the session ended because a used refresh token was presented again; `undefined` otherwise. */
  readonly reusedAt: Date | undefined;
}

/** A session that is to begin. */
export interface NewSession extends Grant, Device {
  readonly user: SessionUser;
  readonly passwordHash: string;
  readonly authTime: Date;
  readonly expiresAt: Date;
  readonly tokenHashes: TokenHashes;
  readonly issuedAt: number;
  readonly lastExp: number;
}

export interface BegunSession {
  readonly sid: string;
  /** The oldest sessions of the account, which ended since it has no more than so many. */
  readonly ended: EndedSessions;
}

interface Ending {
  readonly at: Date;
  readonly reason: EndReason;
}

/** How many sessions were ended, and the id where it was exactly one. */
export interface EndedSessions {
  readonly count: number;
  readonly sid: string | undefined;
}

/** What the rules of sessions need of the database. */
export interface SessionStore {
  findCredentials(email: string): Promise<{ user: SessionUser; passwordHash: string } | undefined>;
  /** Begins a session, if the account is still as it was when the password was checked. */
  create(session: NewSession): Promise<BegunSession | undefined>;
  /** The user's running sessions and those that ended by reuse, newest first. */
  list(
    userId: string,
    page: { after?: string | undefined; limit: number; runningAt: Date; idleSince: Date },
  ): Promise<readonly SessionView[]>;
  /** Ends sessions of the actor, one or all. @throws UserError `user_not_found`, `session_over` */
  endOwn(actor: Actor, which: { sid?: string }, how: Ending): Promise<EndedSessions>;
  /** Ends the session of a refresh token, used or not. Undefined where nothing was running. */
  endByToken(token: TokenHashes, how: Ending): Promise<{ sid: string; userId: string } | undefined>;
  findPasswordHash(userId: string): Promise<string | undefined>;
  /**
   * Stores the new hash and ends the actor's other sessions, in one step. Undefined, and nothing is done, when the stored
   * hash is not the one that was verified.
   *
   * @throws UserError `user_not_found`, `session_over`
   */
  changePassword(change: {
    readonly actor: Actor;
    readonly verifiedHash: string;
    readonly passwordHash: string;
    readonly at: Date;
  }): Promise<EndedSessions | undefined>;
}
