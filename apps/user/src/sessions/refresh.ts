import type { AccountAudit } from '../accounts/account-event.ts';
import type { StoredCount, StoredTries } from '../limits/rate-limit.ts';
import { RateLimitError } from '../limits/rate-limit.ts';
import { UserError } from '../user-error.ts';
import type { GrantRequest } from './grant.ts';
import type { Decision, Exchanged, PresentedToken, RefreshRuleOptions } from './refresh-rule.ts';
import { createRefreshRule } from './refresh-rule.ts';
import type { TokenHashes } from './refresh-token.ts';
import { hashesOf } from './refresh-token.ts';
import type { TokenIssuer, Tokens } from './tokens.ts';
import type { UsualExchange } from './fast-exchange.ts';
import { planUsualExchange } from './fast-exchange.ts';

export interface RefreshStore {
  /**
   * Decides on a presented token and carries the decision out, in one step: of all who present tokens of one session
   * at a time each sees what the one before has done. Undefined for a token that is not known.
   */
  exchange(token: TokenHashes, decide: (presented: PresentedToken) => Decision): Promise<Decision | undefined>;
  /** Makes the usual exchange. Undefined, and nothing is changed, where anything is unusual or a limit is reached. */
  exchangeAsUsual(
    token: TokenHashes,
    usual: UsualExchange,
    tries?: StoredTries,
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
 * @throws UserError `invalid_refresh_token`; a token that comes again after the grace ends its session
 * @throws UserError `token_too_early`, the same token works a moment later
 * @throws RateLimitError too many refreshes of the session; the same token works later
 */
export type Refresh = (refreshToken: string, wanted: GrantRequest) => Promise<Tokens>;

/** Exchanges a refresh token as it usually goes. Undefined, and nothing is changed, where anything is unusual or a limit is reached. */
export type RefreshWithin = (
  refreshToken: string,
  wanted: GrantRequest,
  tries: StoredTries,
) => Promise<{ readonly result: Tokens; readonly found: readonly (StoredCount | undefined)[] } | undefined>;

/** Makes the exchange of refresh tokens: the rule, what becomes of it in the database, and the audit trail. */
export function createRefresh({ store, tokens, audit, ...options }: RefreshOptions): {
  readonly refresh: Refresh;
  readonly refreshWithin: RefreshWithin;
} {
  const rule = { ...options, tokenSeconds: tokens.lifetimeSeconds };
  const decide = createRefreshRule(rule);

  function handOut({ session: { sid, authTime, user }, grant, issuedAt, refreshToken }: Exchanged): Tokens {
    audit({ event: 'refresh', outcome: 'ok', user: user.id, sid });
    const access = tokens.issue({ userId: user.id, roles: user.roles, sid, authTime, issuedAt, ...grant });
    return { access, refreshToken, scopes: grant.scopes };
  }

  return {
    async refreshWithin(refreshToken, wanted, tries) {
      const usual = planUsualExchange(refreshToken, wanted, rule);
      const done = usual && (await store.exchangeAsUsual(hashesOf(refreshToken), usual, tries));
      return done && { result: handOut(done.exchanged), found: done.found };
    },

    async refresh(refreshToken, wanted) {
      const decision = await store.exchange(hashesOf(refreshToken), (presented) =>
        decide(refreshToken, wanted, presented),
      );
      if (decision === undefined) {
        audit({ event: 'refresh', outcome: 'failed', reason: 'unknown' });
        throw new UserError('invalid_refresh_token', 'unknown');
      }
      if (decision.outcome === 'exchanged') return handOut(decision);
      const { sid, user } = decision.session;
      const of = { user: user.id, sid };
      if (decision.outcome === 'deferred') {
        const { error } = decision;
        const isLimited = error instanceof RateLimitError;
        audit({
          event: 'refresh',
          outcome: isLimited ? 'limited' : 'failed',
          ...of,
          reason: isLimited ? error.limit : error.code,
        });
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
