import type { AccountAudit } from './account-event.ts';
import type { GrantRequest } from './grants.ts';
import { RateLimitError } from './rate-limit.ts';
import type { Decision, Exchanged, PresentedToken, RefreshRuleOptions } from './refresh-rule.ts';
import { createRefreshRule } from './refresh-rule.ts';
import type { TokenHashes } from './refresh-token.ts';
import { hashesOf } from './refresh-token.ts';
import type { Tokens } from './sessions.ts';
import type { TokenIssuer } from './tokens.ts';
import { UserError } from './user-error.ts';
import type { UsualExchange } from './usual-exchange.ts';
import { planUsualExchange } from './usual-exchange.ts';

export interface RefreshStore {
  /**
   * Decides on a presented token and carries the decision out, in one step: of all who present tokens of one session
   * at a time each sees what the one before has done. Undefined for a token that is not known.
   *
   * @param how.usual tried first, where it is given; `decide` is asked when it is not what is to happen
   */
  exchange(
    token: TokenHashes,
    how: { readonly usual?: UsualExchange | undefined; readonly decide: (presented: PresentedToken) => Decision },
  ): Promise<Exclude<Decision, Exchanged> | Exchanged | undefined>;
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

/** Makes the exchange of refresh tokens: the rule, what becomes of it in the database, and the audit trail. */
export function createRefresh({ store, tokens, audit, ...options }: RefreshOptions): Refresh {
  const rule = { ...options, tokenSeconds: tokens.lifetimeSeconds };
  const decide = createRefreshRule(rule);

  return async (refreshToken, wanted) => {
    const decision = await store.exchange(hashesOf(refreshToken), {
      usual: planUsualExchange(refreshToken, wanted, rule),
      decide: (presented) => decide(refreshToken, wanted, presented),
    });
    if (decision === undefined) {
      audit({ event: 'refresh', outcome: 'failed', reason: 'unknown' });
      throw new UserError('invalid_refresh_token', 'unknown');
    }
    const { sid, authTime, user } = decision.session;
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
    if (decision.outcome === 'refused') {
      const { reason, ends } = decision;
      audit({ event: 'refresh', outcome: 'failed', ...of, reason });
      if (ends === 'reuse') audit({ event: 'reuse', outcome: 'ok', ...of });
      else if (ends !== undefined) audit({ event: 'logout', outcome: 'ok', ...of, reason: ends });
      throw new UserError('invalid_refresh_token', reason);
    }
    const { grant, issuedAt } = decision;
    audit({ event: 'refresh', outcome: 'ok', ...of });
    const access = tokens.issue({ userId: user.id, roles: user.roles, sid, authTime, issuedAt, ...grant });
    return { access, refreshToken: decision.refreshToken, scopes: grant.scopes };
  };
}
