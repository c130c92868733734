import type { Clock } from '../clock.ts';
import { assertFunction, assertSeconds, assertWhole } from '../options.ts';
import type { IgnoredKey } from '../public-keys.ts';
import { jwksFreshSeconds, jwksStaleSeconds } from '../times.ts';
import type { JwksFetchError, JwksOutcome } from './jwks-fetch-error.ts';
import { parseJwksUrl } from './jwks-url.ts';

export interface JwksSourceOptions {
  /** The issuer's `jwks_uri`, absolute: `https://auth.example/.well-known/jwks.json`. */
  readonly url: string;
  /**
   * Takes `http:` to another machine; `false` unless given. Who can change an answer on its way can put in a key of their
   * own and sign any token with it. So say `true` only where the way itself is trusted as much as the issuer: a network
   * of containers on one machine, or a mesh whose proxies speak TLS. To this machine `http:` needs no leave.
   */
  readonly allowHttp?: boolean;
  /** How long keys are taken before they are asked for again; 1 to 86 400, 300 unless given. */
  readonly freshForSeconds?: number;
  /**
   * How long keys are trusted after they were last asked for with success, while the issuer cannot be reached;
   * `freshForSeconds` to 604 800 (a week), 86 400 unless given. A key that is taken back meanwhile works until then.
   */
  readonly staleForSeconds?: number;
  /** The least time between two early refreshes; 1 to 3600, 30 unless given. */
  readonly cooldownSeconds?: number;
  /** From connecting to the last byte of an answer; 1 to 60 000, 3000 unless given. */
  readonly timeoutMs?: number;
  /** The largest answer, counted as decoded; 1 to 1 048 576, 65 536 unless given. */
  readonly maxBytes?: number;
  readonly now: Clock;
  /** Milliseconds of a monotonic clock such as `performance.now()`. Without it only `now` decides when keys are stale. */
  readonly monotonicMs?: () => number;
  /** From 0 to below 1: spreads the refreshes of many replicas. `Math.random` unless given. */
  readonly random?: () => number;
  /** Told how each fetch ended, and with what error when it brought nothing. Must not throw. */
  readonly onOutcome?: (outcome: JwksOutcome, error?: JwksFetchError) => void;
  /**
   * Called with the keys of an answer that are not used here (see `parseJwks`), before `onOutcome`; not again while they
   * stay the same, and with none when there are none any more. Must not throw.
   */
  readonly onIgnored?: (keys: readonly IgnoredKey[]) => void;
}

/** @throws TypeError naming the option that is wrong */
export function readJwksOptions(options: JwksSourceOptions) {
  const {
    allowHttp = false,
    freshForSeconds = jwksFreshSeconds,
    staleForSeconds = jwksStaleSeconds,
    cooldownSeconds = 30,
  } = options;
  const { timeoutMs = 3000, maxBytes = 65_536, now, random = Math.random } = options;
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
  return { url, ...times, maxBytes, now, monotonicMs, random, onOutcome, onIgnored };
}
