import { randomBytes } from 'node:crypto';
import type { AccountAudit } from './account-event.ts';
import type { Grant, GrantRequest } from './grants.ts';
import { narrow, scopesOf } from './grants.ts';
import { deriveSuccessor, hashRefreshToken } from './refresh-token.ts';
import type { SessionLife, SessionUser, Tokens } from './sessions.ts';
import type { TokenIssuer } from './tokens.ts';
import { UserError } from './user-error.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** One login, and the family of refresh tokens that comes from it. */
export interface Session extends Grant {
  readonly sid: string;
  readonly authTime: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date;
  readonly ended: boolean;
  /** Tokens with an `iat` up to this are refused. */
  readonly notBefore: number | undefined;
  readonly user: SessionUser;
}

/** A refresh token that was presented: nothing about it changes while it is decided on. */
export interface PresentedToken {
  readonly session: Session;
  /** When it was exchanged. */
  readonly usedAt: Date | undefined;
  /** What its successor was derived with; gone a while after the exchange. */
  readonly salt: Bytes | undefined;
}

/** What becomes of a presented token. */
export type Decision =
  | {
      readonly outcome: 'refused';
      readonly session: Session;
      readonly reason: string;
      readonly reuse: boolean;
      readonly at: Date;
    }
  | {
      readonly outcome: 'exchanged';
      readonly refreshToken: string;
      readonly session: Session;
      readonly grant: Grant;
      readonly issuedAt: number;
      /** No access token of this exchange is good from then on. */
      readonly lastExp: number;
      readonly at: Date;
      /** Absent when the exchange was made before, and is only repeated. */
      readonly successor?: { readonly hash: Bytes; readonly salt: Bytes; readonly saltUntil: Date };
    };

export interface RefreshStore {
  /**
   * Decides on a presented token and carries the decision out, in one step: of all who present tokens of one session
   * at a time each sees what the one before has done. Undefined for a token that is not known.
   */
  exchange(tokenHash: Bytes, decide: (presented: PresentedToken) => Decision): Promise<Decision | undefined>;
}

export interface RefreshOptions {
  readonly store: RefreshStore;
  readonly tokens: TokenIssuer;
  readonly life: SessionLife;
  /** How long the same token may be presented again and yields the same successor; 0 for never. */
  readonly graceSeconds: number;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * Exchanges a refresh token.
 *
 * @throws UserError `invalid_refresh_token`; a token that comes again after the grace ends its session
 */
export type Refresh = (refreshToken: string, wanted: GrantRequest) => Promise<Tokens>;

/**
 * The rule of refreshing. A token is good for one exchange, which hands out its successor. The successor is derived, not
 * drawn: for a short grace the same token yields the same successor, so that two tabs, a retry or a lost answer log
 * nobody out, and a session never has two chains. After that one of its two holders is not the client; which one cannot
 * be told, so both are out (RFC 9700 §4.14.2).
 */
export function createRefresh({ store, tokens, life, graceSeconds, audit, now }: RefreshOptions): Refresh {
  function decide(refreshToken: string, wanted: GrantRequest, { session, usedAt, salt }: PresentedToken): Decision {
    const at = new Date(now() * 1000);
    const refused = (reason: string, reuse = false): Decision => ({ outcome: 'refused', session, reason, reuse, at });
    const isRepeated = usedAt !== undefined && salt !== undefined && secondsSince(usedAt, at) < graceSeconds;
    if (session.ended) return refused('the session has ended');
    if (usedAt !== undefined && !isRepeated) return refused('used before: the session was ended', true);
    if (session.expiresAt <= at) return refused('the session has expired');
    if (secondsSince(session.lastUsedAt, at) >= life.idleSeconds) return refused('the session was idle for too long');
    if (session.user.disabled) return refused('the account is disabled');
    const granted = narrow(session, wanted);
    // A role that was taken away since login is gone from the next token on.
    const current = scopesOf(session.user.roles);
    const grant = { ...granted, scopes: granted.scopes.filter((scope) => current.includes(scope)) };
    // Never in the second of a cut-off, which would cut it off as well.
    const issuedAt = Math.max(Math.floor(now()), (session.notBefore ?? 0) + 1);
    const exchanged = {
      outcome: 'exchanged',
      session,
      grant,
      issuedAt,
      lastExp: issuedAt + tokens.lifetimeSeconds,
      at,
    } as const;
    if (isRepeated) return { ...exchanged, refreshToken: deriveSuccessor(refreshToken, salt) };
    const fresh = new Uint8Array(randomBytes(32));
    const successor = deriveSuccessor(refreshToken, fresh);
    const saltUntil = new Date(at.getTime() + graceSeconds * 1000);
    return {
      ...exchanged,
      refreshToken: successor,
      successor: { hash: hashRefreshToken(successor), salt: fresh, saltUntil },
    };
  }

  return async (refreshToken, wanted) => {
    const decision = await store.exchange(hashRefreshToken(refreshToken), (presented) =>
      decide(refreshToken, wanted, presented),
    );
    if (decision === undefined) {
      audit({ event: 'refresh', outcome: 'failed', reason: 'unknown' });
      throw new UserError('invalid_refresh_token', 'unknown');
    }
    const { sid, authTime, user } = decision.session;
    const of = { user: user.id, sid };
    if (decision.outcome === 'refused') {
      const { reason, reuse } = decision;
      audit({ event: 'refresh', outcome: 'failed', ...of, reason });
      if (reuse) audit({ event: 'reuse', outcome: 'ok', ...of });
      throw new UserError('invalid_refresh_token', reason);
    }
    const { grant, issuedAt } = decision;
    audit({ event: 'refresh', outcome: 'ok', ...of });
    const access = tokens.issue({ userId: user.id, roles: user.roles, sid, authTime, issuedAt, ...grant });
    return { access, refreshToken: decision.refreshToken, scopes: grant.scopes };
  };
}

function secondsSince(then: Date, at: Date): number {
  return (at.getTime() - then.getTime()) / 1000;
}
