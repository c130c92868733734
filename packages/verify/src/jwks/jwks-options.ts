import { ownProfile } from '../access-token-profile.ts';
import type { Clock } from '../clock.ts';
import { assertFunction, assertSeconds, assertWhole } from '../options.ts';
import type { IgnoredKey, KeyRules } from '../public-keys.ts';
import { jwksFreshSeconds, jwksStaleSeconds } from '../times.ts';
import type { JwksFetchError, JwksOutcome } from './jwks-fetch-error.ts';
import { parseJwksUrl } from './jwks-url.ts';

export interface JwksSourceOptions {
  /** The issuer's `jwks_uri`, absolute: `https://auth.example/.well-known/jwks.json`. */
  readonly url: string;
  /** The profile of the issuer's tokens, as for the verifier: it says what the keys must have. Ours unless given. */
  readonly profile?: KeyRules;
  /**
   * Allows `http:` to another machine; `false` unless given. An attacker who can change an answer can add a key
   * of their own and sign any token with it. So use `true` only on a network that is trusted as much as the issuer:
   * between containers on one machine, or in a mesh whose proxies speak TLS. `http:` to this machine is always allowed.
   */
  readonly allowHttp?: boolean;
  /** How long keys are used before they are fetched again, in seconds; 1 to 86 400, `jwksFreshSeconds` unless given. */
  readonly freshForSeconds?: number;
  /**
   * How long keys are trusted while the issuer cannot be reached, in seconds from the start of the last successful
   * fetch; `freshForSeconds` to 604 800 (a week), `jwksStaleSeconds` unless given. Until then a revoked key still works.
   */
  readonly staleForSeconds?: number;
  /** The least time between two early fetches, in seconds; 1 to 3600, 30 unless given. */
  readonly cooldownSeconds?: number;
  /** Milliseconds from connecting to the last byte of an answer; 1 to 60 000, 3000 unless given. */
  readonly timeoutMs?: number;
  /** The largest answer in bytes, after decompression; 1 to 1 048 576, 65 536 unless given. */
  readonly maxBytes?: number;
  readonly now: Clock;
  /** Milliseconds of a monotonic clock such as `performance.now()`. Without it only `now` decides when keys are stale. */
  readonly monotonicMs?: () => number;
  /** Returns a number from 0 to below 1, which spreads the fetches of many replicas. `Math.random` unless given. */
  readonly random?: () => number;
  /** Called with the outcome of each fetch, and with the error when it failed. Must not throw. */
  readonly onOutcome?: (outcome: JwksOutcome, error?: JwksFetchError) => void;
  /**
   * Called with the ignored keys of an answer (see `parseJwks`), before `onOutcome`. Called again only when the list
   * changes, also when it becomes empty. Must not throw.
   */
  readonly onIgnored?: (keys: readonly IgnoredKey[]) => void;
}

/** Checks the options and fills in the defaults. @throws TypeError naming the option that is wrong */
export function readJwksOptions(options: JwksSourceOptions) {
  const {
    allowHttp = false,
    freshForSeconds = jwksFreshSeconds,
    staleForSeconds = jwksStaleSeconds,
    cooldownSeconds = 30,
  } = options;
  const { timeoutMs = 3000, maxBytes = 65_536, now, random = Math.random, profile = ownProfile } = options;
  const { monotonicMs = () => now() * 1000 } = options;
  const { onOutcome = () => {}, onIgnored = () => {} } = options;
  if (typeof allowHttp !== 'boolean') throw new TypeError('allowHttp must be true or false');
  assertSeconds('freshForSeconds', freshForSeconds, 1, 86_400);
  assertSeconds('staleForSeconds', staleForSeconds, freshForSeconds, 604_800);
  assertSeconds('cooldownSeconds', cooldownSeconds, 1, 3600);
  assertWhole('timeoutMs', timeoutMs, { unit: 'milliseconds', min: 1, max: 60_000 });
  assertWhole('maxBytes', maxBytes, { unit: 'bytes', min: 1, max: 1_048_576 });
  assertFunction('now', now);
  assertFunction('monotonicMs', monotonicMs);
  assertFunction('random', random);
  assertFunction('onOutcome', onOutcome);
  assertFunction('onIgnored', onIgnored);
  const url = parseJwksUrl(options.url, { allowHttp });
  const times = { freshForSeconds, staleForSeconds, cooldownSeconds, timeoutMs };
  return { url, profile, ...times, maxBytes, now, monotonicMs, random, onOutcome, onIgnored };
}
