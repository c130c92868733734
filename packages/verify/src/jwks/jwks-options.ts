import { ownProfile } from '../access-token-profile.ts';
import type { Clock } from '../clock.ts';
import { isPublicKeyAlgorithm } from '../jws-algorithms.ts';
import { assertFunction, assertSeconds, assertWhole } from '../options.ts';
import type { IgnoredKey, KeyRules } from '../public-keys.ts';
import { jwksFreshSeconds, jwksStaleSeconds } from '../times.ts';
import type { JwksFetchError, JwksOutcome } from './jwks-fetch-error.ts';
import { assertIssuer, parseJwksUrl } from './jwks-url.ts';

/** What every source of keys can be told. */
export interface KeySourceOptions {
  /** The profile of the issuer's tokens, which says what its keys must have; that of this project unless given. */
  readonly profile?: KeyRules;
  /**
   * Allows `http:` to another machine; `false` unless given. An attacker who can change an answer can add a key
   * of their own and sign any token with it. So use `true` only on a network that is trusted as much as the issuer:
   * between containers on one machine, or in a mesh whose proxies speak TLS.
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

export interface JwksSourceOptions extends KeySourceOptions {
  /**
   * The issuer's `jwks_uri`, absolute: `https://auth.example/.well-known/jwks.json`. `http:` to this machine is allowed
   * also without `allowHttp`.
   */
  readonly url: string;
}

export interface DiscoverIssuerOptions extends KeySourceOptions {
  /**
   * The issuer, exactly as its tokens and its metadata name it: a slash at the end counts. `http:`, also to this machine,
   * needs `allowHttp`; so does the `jwks_uri` in the metadata.
   */
  readonly issuer: string;
}

/** Checks the options of `createJwksSource` and fills in the defaults. @throws TypeError naming the option that is wrong */
export function readJwksOptions(options: JwksSourceOptions) {
  const common = readKeySourceOptions(options);
  return { ...common, url: parseJwksUrl(options.url, common) };
}

/** Checks the options of `discoverIssuer` and fills in the defaults. @throws TypeError naming the option that is wrong */
export function readDiscoveryOptions(options: DiscoverIssuerOptions) {
  const common = readKeySourceOptions(options);
  const { issuer } = options;
  assertIssuer(issuer, common);
  return { ...common, issuer };
}

/** The options of a source with their defaults. */
export type CheckedKeySourceOptions = Required<KeySourceOptions>;

function readKeySourceOptions(options: KeySourceOptions): CheckedKeySourceOptions {
  const {
    profile = ownProfile,
    allowHttp = false,
    freshForSeconds = jwksFreshSeconds,
    staleForSeconds = jwksStaleSeconds,
    cooldownSeconds = 30,
  } = options;
  const { timeoutMs = 3000, maxBytes = 65_536, now, random = Math.random } = options;
  const { monotonicMs = () => now() * 1000 } = options;
  const { onOutcome = () => {}, onIgnored = () => {} } = options;
  assertKeyRules(profile);
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
  const times = { freshForSeconds, staleForSeconds, cooldownSeconds, timeoutMs };
  return { profile, allowHttp, ...times, maxBytes, now, monotonicMs, random, onOutcome, onIgnored };
}

/** Checks the part of a profile that a source of keys reads. The verifier checks the whole. */
function assertKeyRules(profile: KeyRules): void {
  const { algorithms, jwk } = profile ?? {};
  const words: readonly unknown[] = ['required', 'optional'];
  const isGood =
    Array.isArray(algorithms) &&
    algorithms.length > 0 &&
    algorithms.every(isPublicKeyAlgorithm) &&
    words.includes(jwk?.alg) &&
    words.includes(jwk?.use);
  if (!isGood) throw new TypeError('profile must be a profile of access tokens, with algorithms and jwk');
}
