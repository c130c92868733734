import { randomBytes } from 'node:crypto';
import type { GrantRequest } from './grant.ts';
import type { RefreshRuleOptions } from './refresh-rule.ts';
import { deriveSuccessor } from './refresh-token.ts';

/** An exchange as it goes nearly always: of a token that was not used, of a session that nothing stands against. */
export interface UsualExchange {
  /** The successor, and the salt that it was derived with. */
  readonly refreshToken: string;
  readonly salt: Uint8Array;
  readonly at: Date;
  readonly issuedAt: number;
  readonly rule: Omit<RefreshRuleOptions, 'now'>;
}

/**
 * Prepares the usual exchange, which the database makes in one statement, so that a refresh is one round trip. Undefined
 * where the client asks for less than the session has: whether it has that is for the rule to say.
 */
export function planUsualExchange(
  refreshToken: string,
  { scopes, audience }: GrantRequest,
  rule: RefreshRuleOptions,
): UsualExchange | undefined {
  if (scopes !== undefined || audience !== undefined) return undefined;
  const now = rule.now();
  const salt = randomBytes(32);
  return {
    ...{ salt, rule, at: new Date(now * 1000), issuedAt: Math.floor(now) },
    refreshToken: deriveSuccessor(refreshToken, salt, { keepsFamily: true }),
  };
}
