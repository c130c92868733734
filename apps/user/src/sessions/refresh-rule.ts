import { randomBytes } from 'node:crypto';
import { scopesOf } from '@auth/contracts/grants';
import { skewSeconds } from '@auth/verify/times';
import { RateLimitError } from '../limits/rate-limit.ts';
import { UserError } from '../user-error.ts';
import { type Grant, type GrantRequest, narrow } from './grant.ts';
import { deriveSuccessor, hashesOf, type TokenHashes } from './refresh-token.ts';
import type { EndReason, SessionLife, SessionUser } from './stored-sessions.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The data of a session that its tokens contain. */
export interface SessionFacts extends Grant {
  readonly sid: string;
  readonly authTime: Date;
  readonly user: SessionUser;
}

/** A session with the data on which a refresh depends. */
export interface Session extends SessionFacts {
  readonly expiresAt: Date;
  readonly lastUsedAt: Date;
  readonly ended: boolean;
  /** Access tokens with an `iat` up to this are revoked. Seconds since 1970. */
  readonly notBefore: number | undefined;
}

/**
 * A presented refresh token, which is locked until the decision is applied. Durations are measured by the database's
 * clock, which is the same for all replicas.
 */
export interface PresentedToken {
  readonly session: Session;
  /** How long ago the token was used; infinite after its row was removed, `undefined` for an unused token. */
  readonly usedSecondsAgo: number | undefined;
  /** The salt of its successor; `undefined` when it was erased or never stored. */
  readonly salt: Bytes | undefined;
  /** Whether the token has the family of its session. Tokens of an older build have none. */
  readonly inFamily: boolean;
  /** The refreshes of the session in its current window, and the age of the window. */
  readonly recent: { readonly count: number; readonly seconds: number } | undefined;
}

/** The decision on a presented token. */
export type Decision =
  | {
      readonly outcome: 'refused';
      readonly session: Session;
      readonly reason: string;
      /** The reason for which the session ends; absent when the session does not end. */
      readonly ends?: EndReason | undefined;
      readonly at: Date;
    }
  /** The token is valid, but cannot be used now. It stays unused. */
  | { readonly outcome: 'deferred'; readonly session: Session; readonly error: RateLimitError | UserError }
  | (Exchanged & {
      readonly session: Session;
      /** The latest `exp` of the access token. Seconds since 1970. */
      readonly lastExp: number;
      readonly at: Date;
      /** Whether a new window begins with this refresh. */
      readonly beginsWindow: boolean;
      /** Absent for a repeated exchange. */
      readonly successor?: {
        readonly hashes: TokenHashes;
        /** `undefined` without a grace. */
        readonly salt: Bytes | undefined;
        readonly graceSeconds: number;
      };
    });

/** The result of an exchange. */
export interface Exchanged {
  readonly outcome: 'exchanged';
  /** The successor. */
  readonly refreshToken: string;
  readonly session: SessionFacts;
  readonly grant: Grant;
  readonly issuedAt: number;
}

export interface RefreshRuleOptions {
  /** The longest lifetime of an access token. */
  readonly tokenSeconds: number;
  readonly life: SessionLife;
  /** How long a used token still yields the same successor; 0 for never. */
  readonly graceSeconds: number;
  /** The limit of refreshes of one session in a window of time; `perSession` is 0 for no limit. */
  readonly limit: { readonly perSession: number; readonly windowSeconds: number };
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Decides on a presented token. @throws UserError when the request exceeds the grant of the login */
export type RefreshRule = (refreshToken: string, wanted: GrantRequest, presented: PresentedToken) => Decision;

/** How far ahead of this clock an `iat` may be. It is less than verifiers accept, since their clocks may be behind. */
const aheadSeconds = skewSeconds - 2;
/** A session whose next `iat` would be further ahead ends, since its client would wait too long. */
const endsAheadSeconds = 60;
/** How far the database's clock may be set back before a repeated exchange counts as reuse. */
export const setBackSeconds = 5;

/**
 * Creates the rule of refreshing. A token is valid for one exchange, which returns its successor. The successor is derived
 * and not random: during a short grace the same token yields the same successor, so that two tabs, a retry or a lost
 * answer do not end the session, and a session never has two chains of tokens. A reuse after the grace ends the session:
 * one of two holders of the token is not the client, and it is unknown which (RFC 9700 §4.14.2).
 */
export function createRefreshRule(options: RefreshRuleOptions): RefreshRule {
  const { tokenSeconds, life, graceSeconds, limit, now } = options;
  return (refreshToken, wanted, presented) => {
    const { session, usedSecondsAgo, salt, inFamily: keepsFamily, recent } = presented;
    const at = new Date(now() * 1000);
    const refused = (reason: string, ends?: EndReason): Decision => ({ outcome: 'refused', session, reason, ends, at });
    const isRepeated =
      graceSeconds > 0 && usedSecondsAgo !== undefined && salt !== undefined && isWithin(usedSecondsAgo, graceSeconds);
    if (session.ended) return refused('the session has ended');
    if (usedSecondsAgo !== undefined && !isRepeated) return refused('used before: the session was ended', 'reuse');
    if (session.expiresAt <= at) return refused('the session has expired');
    if (secondsSince(session.lastUsedAt, at) >= life.idleSeconds) return refused('the session was idle for too long');
    if (session.user.disabled) return refused('the account is disabled');
    const beginsWindow = recent === undefined || !isWithin(recent.seconds, limit.windowSeconds);
    if (!beginsWindow && limit.perSession > 0 && recent.count >= limit.perSession) {
      return { outcome: 'deferred', session, error: tooManyRefreshes(limit, recent) };
    }
    const grant = currentGrant(session, wanted);
    // An `iat` in the second of the cut-off would be revoked as well.
    const issuedAt = Math.max(Math.floor(now()), (session.notBefore ?? 0) + 1);
    const ahead = issuedAt - Math.floor(now());
    if (ahead > endsAheadSeconds) return refused('its tokens were issued by a clock that is far ahead', 'clock');
    if (ahead > aheadSeconds) return { outcome: 'deferred', session, error: new UserError('token_too_early') };
    const exchanged = {
      outcome: 'exchanged',
      session,
      grant,
      issuedAt,
      lastExp: issuedAt + tokenSeconds,
      at,
      beginsWindow,
    } as const;
    if (isRepeated) return { ...exchanged, refreshToken: deriveSuccessor(refreshToken, salt, { keepsFamily }) };
    const fresh = new Uint8Array(randomBytes(32));
    const successor = deriveSuccessor(refreshToken, fresh, { keepsFamily });
    // With a stored salt, a replica that has a grace could repeat the exchange.
    const kept = graceSeconds === 0 ? undefined : fresh;
    return {
      ...exchanged,
      refreshToken: successor,
      successor: { hashes: hashesOf(successor), salt: kept, graceSeconds },
    };
  };
}

/**
 * Returns the current grant of a session: the next token lacks the scopes of a role that was removed since the login.
 *
 * @throws UserError when the request exceeds the grant of the login
 */
export function currentGrant(session: SessionFacts, wanted: GrantRequest): Grant {
  const granted = narrow(session, wanted);
  const current = scopesOf(session.user.roles);
  return { ...granted, scopes: granted.scopes.filter((scope) => current.includes(scope)) };
}

/** Whether something is less than `seconds` ago. The clock may have been set back a little meanwhile. */
function isWithin(secondsAgo: number, seconds: number): boolean {
  return secondsAgo >= -setBackSeconds && secondsAgo < seconds;
}

function tooManyRefreshes(
  { perSession: attempts, windowSeconds }: RefreshRuleOptions['limit'],
  { count, seconds }: { count: number; seconds: number },
): RateLimitError {
  const resetSeconds = Math.max(1, Math.ceil(Math.min(windowSeconds, windowSeconds - seconds)));
  const limit = { name: 'refresh-session', attempts, windowSeconds };
  return new RateLimitError([{ limit, attempts: count + 1, resetSeconds }]);
}

function secondsSince(then: Date, at: Date): number {
  return (at.getTime() - then.getTime()) / 1000;
}
