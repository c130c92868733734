import { createSecretKey, randomBytes } from 'node:crypto';
import { isDatabaseUnavailable } from '@auth/db/errors';
import type { UserDb } from '@auth/db/user';
import type { KeyRing } from '@auth/keys';
import type { AppParts, ServiceParts } from '@auth/service';
import type { AccountAudit } from '../accounts/account-event.ts';
import { openKnownGuesses } from './known-guesses.ts';
import { createRateLimitStore } from './rate-limit-store.ts';
import { createRateLimits, type RateLimitSettings } from './rate-limits.ts';
import type { Delay } from './slow-down.ts';

/** The resources that the limits use. */
export interface LimitResources {
  readonly settings: RateLimitSettings;
  readonly db: Pick<UserDb, 'ask'>;
  readonly service: Pick<AppParts, 'log' | 'metrics'> &
    Pick<ServiceParts, 'redis'> & { readonly keys: Pick<KeyRing, 'current'> };
  readonly audit: AccountAudit;
  readonly delay: Delay;
  /** How long the shared store of counts may take, and how long memory counts after a failure. */
  readonly countTimes?: { readonly timeoutMs: number; readonly retryAfterMs: number } | undefined;
}

/** Composes the rate limits, and the known guesses of logins. */
export function composeLimits({ settings, db, service, audit, delay, countTimes }: LimitResources) {
  const { keys, log, metrics, redis } = service;
  const countFallback = metrics.counter('rate_limit_fallbacks_total', 'How often attempts were counted in memory.', []);
  const store = createRateLimitStore({
    ask: db.ask,
    redis,
    ...(countTimes ?? { timeoutMs: 1000, retryAfterMs: 5000 }),
    onFallback(err) {
      countFallback({});
      // An unavailable database is already logged by `openService`, once.
      if (!isDatabaseUnavailable(err)) log.warn({ err }, 'attempts are counted in memory for now');
    },
  });
  // Replicas share the key. When the key document has none, each process creates its own.
  const key = keys.current().auditKey ?? createSecretKey(randomBytes(32));
  const { ofLogins, ofRefreshes } = openKnownGuesses(store, { ...settings, key });
  return {
    knownGuesses: ofLogins,
    limits: createRateLimits({ store, settings, audit, delay, knownGuesses: ofRefreshes }),
  };
}
