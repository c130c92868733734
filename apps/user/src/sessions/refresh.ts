import { randomBytes } from 'node:crypto';
import type { AccountAudit } from '../accounts/account-event.ts';
import type { FastPath } from '../limits/limited-work.ts';
import { RateLimitError, type StoredCount, type StoredLimits } from '../limits/rate-limit.ts';
import { UserError } from '../user-error.ts';
import type { GrantRequest } from './grant.ts';
import {
  createRefreshRule,
  type Decision,
  type Exchanged,
  type PresentedToken,
  type RefreshRuleOptions,
} from './refresh-rule.ts';
import { deriveSuccessor, hashesOf, type TokenHashes } from './refresh-token.ts';
import type { TokenIssuer, Tokens } from './tokens.ts';

/** The exchange of an unused token of a session in good order: nearly every exchange. */
export interface FastExchange {
  /** The successor of the token. */
  readonly refreshToken: string;
  /** The salt from which the successor was derived. */
  readonly salt: Uint8Array;
  readonly at: Date;
  readonly issuedAt: number;
  readonly rule: Omit<RefreshRuleOptions, 'now'>;
}

export interface RefreshStore {
  /**
   * Decides on a presented token and applies the decision, in one transaction that holds the lock of the session. Returns
   * `undefined` for an unknown token.
   */
  exchange(token: TokenHashes, decide: (presented: PresentedToken) => Decision): Promise<Decision | undefined>;
  /**
   * Makes a fast exchange. Returns `undefined`, with nothing changed, when the rule must decide or a limit is reached.
   */
  exchangeFast(
    token: TokenHashes,
    exchange: FastExchange,
    limits?: StoredLimits,
  ): Promise<{ readonly exchanged: Exchanged; readonly found: readonly (StoredCount | undefined)[] } | undefined>;
}

export interface RefreshOptions extends Omit<RefreshRuleOptions, 'tokenSeconds'> {
  readonly store: RefreshStore;
  readonly tokens: TokenIssuer;
  readonly audit: AccountAudit;
}

/**
 * Exchanges a refresh token.
 *
 * @throws UserError `invalid_refresh_token`; a token that is reused after the grace ends its session
 * @throws UserError `token_too_early`: the same token works a moment later
 * @throws RateLimitError too many refreshes of the session: the same token works later
 */
export type Refresh = (refreshToken: string, wanted: GrantRequest) => Promise<Tokens>;

/** Returns the fast path of an exchange, which checks limits in the same statement. */
export type RefreshFast = (refreshToken: string, wanted: GrantRequest) => FastPath<Tokens>;

/** Creates the exchange of refresh tokens: the rule, its effect in the database, and the audit trail. */
export function createRefresh({ store, tokens, audit, ...options }: RefreshOptions): {
  readonly refresh: Refresh;
  readonly refreshFast: RefreshFast;
} {
  const rule = { ...options, tokenSeconds: tokens.lifetimeSeconds };
  const decide = createRefreshRule(rule);

  function issue({ session: { sid, authTime, user }, grant, issuedAt, refreshToken }: Exchanged): Tokens {
    audit({ event: 'refresh', outcome: 'ok', user: user.id, sid });
    const access = tokens.issue({ userId: user.id, roles: user.roles, sid, authTime, issuedAt, ...grant });
    return { access, refreshToken, scopes: grant.scopes };
  }

  return {
    refreshFast: (refreshToken, wanted) => async (limits) => {
      const exchange = planFastExchange(refreshToken, wanted, rule);
      const done = exchange && (await store.exchangeFast(hashesOf(refreshToken), exchange, limits));
      return done && { result: issue(done.exchanged), found: done.found };
    },

    async refresh(refreshToken, wanted) {
      const decision = await store.exchange(hashesOf(refreshToken), (presented) =>
        decide(refreshToken, wanted, presented),
      );
      if (decision === undefined) {
        audit({ event: 'refresh', outcome: 'failed', reason: 'unknown' });
        throw new UserError('invalid_refresh_token', 'unknown');
      }
      if (decision.outcome === 'exchanged') return issue(decision);
      const { sid, user } = decision.session;
      const of = { user: user.id, sid };
      if (decision.outcome === 'deferred') {
        const { error } = decision;
        const [outcome, reason] =
          error instanceof RateLimitError ? (['limited', error.limit] as const) : (['failed', error.code] as const);
        audit({ event: 'refresh', outcome, ...of, reason });
        throw error;
      }
      const { reason, ends } = decision;
      audit({ event: 'refresh', outcome: 'failed', ...of, reason });
      if (ends === 'reuse') audit({ event: 'reuse', outcome: 'ok', ...of });
      else if (ends !== undefined) audit({ event: 'logout', outcome: 'ok', ...of, reason: ends });
      throw new UserError('invalid_refresh_token', reason);
    },
  };
}

/**
 * Plans a fast exchange, which takes one round trip to the database. Returns `undefined` when the client requests a
 * subset of the grant: the rule must check it.
 */
export function planFastExchange(
  refreshToken: string,
  { scopes, audience }: GrantRequest,
  rule: RefreshRuleOptions,
): FastExchange | undefined {
  if (scopes !== undefined || audience !== undefined) return undefined;
  const now = rule.now();
  const salt = randomBytes(32);
  return {
    salt,
    rule,
    at: new Date(now * 1000),
    issuedAt: Math.floor(now),
    refreshToken: deriveSuccessor(refreshToken, salt, { keepsFamily: true }),
  };
}
