import { randomBytes } from 'node:crypto';
import { scopesOf } from '@auth/contracts/grants';
import { skewSeconds } from '@auth/verify/times';
import { RateLimitError } from '../limits/rate-limit.ts';
import { UserError } from '../user-error.ts';
import type { Grant, GrantRequest } from './grant.ts';
import { narrow } from './grant.ts';
import type { TokenHashes } from './refresh-token.ts';
import { deriveSuccessor, hashesOf } from './refresh-token.ts';
import type { EndReason, SessionLife, SessionUser } from './stored-sessions.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A session as far as its tokens tell of it. */
export interface SessionFacts extends Grant {
  readonly sid: string;
  readonly authTime: Date;
  readonly user: SessionUser;
}

/** One login, and the family of refresh tokens that comes from it. */
export interface Session extends SessionFacts {
  readonly expiresAt: Date;
  readonly lastUsedAt: Date;
  readonly ended: boolean;
  /** Tokens with an `iat` up to this are refused. */
  readonly notBefore: number | undefined;
}

/**
 * A refresh token that was presented: nothing about it changes while it is decided on. Durations are by the database's
 * clock, which is the same for all replicas.
 */
export interface PresentedToken {
  readonly session: Session;
  /** How long ago it was exchanged: infinitely long when its row was removed since. Undefined for one that was not. */
  readonly usedSecondsAgo: number | undefined;
  /** What its successor was derived with; gone a while after the exchange. */
  readonly salt: Bytes | undefined;
  /** Whether it has the family of its session: one from before there were families has not. */
  readonly inFamily: boolean;
  /** Refreshes of the session in its current window, and how long ago that began. */
  readonly recent: { readonly count: number; readonly seconds: number } | undefined;
}

/** What becomes of a presented token. */
export type Decision =
  | {
      readonly outcome: 'refused';
      readonly session: Session;
      readonly reason: string;
      /** Why the session is to end, where it is. */
      readonly ends?: EndReason | undefined;
      readonly at: Date;
    }
  /** Good, but not now: the token stays as it is. */
  | { readonly outcome: 'deferred'; readonly session: Session; readonly error: RateLimitError | UserError }
  | (Exchanged & {
      readonly session: Session;
      /** No access token of this exchange is good from then on. */
      readonly lastExp: number;
      readonly at: Date;
      /** Whether a new window begins with this refresh. */
      readonly beginsWindow: boolean;
      /** Absent when the exchange was made before, and is only repeated. */
      readonly successor?: {
        readonly hashes: TokenHashes;
        /** Absent where an exchange is never repeated. */
        readonly salt: Bytes | undefined;
        readonly graceSeconds: number;
      };
    });

/** What an exchange hands out. */
export interface Exchanged {
  readonly outcome: 'exchanged';
  /** The successor. */
  readonly refreshToken: string;
  readonly session: SessionFacts;
  readonly grant: Grant;
  readonly issuedAt: number;
}

export interface RefreshRuleOptions {
  /** The longest life of an access token. */
  readonly tokenSeconds: number;
  readonly life: SessionLife;
  /** How long the same token may be presented again and yields the same successor; 0 for never. */
  readonly graceSeconds: number;
  /** Refreshes of one session in a window of time; 0 for any number. */
  readonly limit: { readonly perSession: number; readonly windowSeconds: number };
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Decides on a presented token. @throws UserError when more is wanted than login granted */
export type RefreshRule = (refreshToken: string, wanted: GrantRequest, presented: PresentedToken) => Decision;

/** How far ahead of this clock an `iat` may be: less than verifiers accept, since their clocks may be behind this one. */
const aheadSeconds = skewSeconds - 2;
/** From here on the client would wait too long: the session ends, and the next login is not ahead. */
const endsAheadSeconds = 60;
/** How far the database's clock may be set back without a repeated exchange counting as reuse. */
export const setBackSeconds = 5;

/**
 * The rule of refreshing. A token is good for one exchange, which hands out its successor. The successor is derived, not
 * drawn: for a short grace the same token yields the same successor, so that two tabs, a retry or a lost answer log
 * nobody out, and a session never has two chains. After that one of its two holders is not the client; which one cannot
 * be told, so both are out (RFC 9700 §4.14.2).
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
    // Never in the second of a cut-off, which would cut it off as well.
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
    // With the salt a replica could repeat the exchange, whatever it believes the grace to be: without a grace it is forgotten.
    const kept = graceSeconds === 0 ? undefined : fresh;
    return {
      ...exchanged,
      refreshToken: successor,
      successor: { hashes: hashesOf(successor), salt: kept, graceSeconds },
    };
  };
}

/**
 * What a session grants now: a role that was taken away since login is gone from the next token on.
 *
 * @throws UserError when more is wanted than login granted
 */
export function currentGrant(session: SessionFacts, wanted: GrantRequest): Grant {
  const granted = narrow(session, wanted);
  const current = scopesOf(session.user.roles);
  return { ...granted, scopes: granted.scopes.filter((scope) => current.includes(scope)) };
}

/** Whether something is less than so long ago. The clock that says so may have been set back since, by a little. */
function isWithin(secondsAgo: number, seconds: number): boolean {
  return secondsAgo >= -setBackSeconds && secondsAgo < seconds;
}

function tooManyRefreshes(
  { perSession: tries, windowSeconds }: RefreshRuleOptions['limit'],
  { count, seconds }: { count: number; seconds: number },
): RateLimitError {
  const resetSeconds = Math.max(1, Math.ceil(Math.min(windowSeconds, windowSeconds - seconds)));
  const limit = { name: 'refresh-session', tries, windowSeconds };
  return new RateLimitError([{ limit, tries: count + 1, resetSeconds }]);
}

function secondsSince(then: Date, at: Date): number {
  return (at.getTime() - then.getTime()) / 1000;
}
