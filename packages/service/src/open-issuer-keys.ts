import type { JwksConfig, Log, Metrics } from '@auth/http';
import type { HeldKey, KeyRing } from '@auth/keys';
import type { PublicKeys } from '@auth/verify';
import { createJwksSource } from '@auth/verify/jwks';

/** The source of the issuer's public keys: the key document or the issuer's JWKS URL. */
export interface IssuerKeys {
  /** @throws AuthError `unavailable` while there are no trusted keys */
  readonly keys: () => PublicKeys;
  /** Called for a token with an unknown key id. */
  readonly onUnknownKid: () => void;
  /** Readiness checks; none when the keys are in the key document. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  /** The keys from the JWKS URL; empty when they are in the key document. */
  readonly held: () => readonly HeldKey[];
  /** How often the keys are fetched, in seconds; absent when they are in the key document. */
  readonly freshForSeconds: number | undefined;
  close(): Promise<void>;
}

export interface OpenIssuerKeysOptions {
  /** Where the issuer publishes its keys; absent when they are in the key document. */
  readonly jwks: JwksConfig | undefined;
  readonly production: boolean;
  readonly keys: KeyRing;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Opens the source of the issuer's public keys. */
export async function openIssuerKeys(options: OpenIssuerKeysOptions): Promise<IssuerKeys> {
  const { jwks, keys } = options;
  if (jwks !== undefined) return openRemote(jwks, options);
  return {
    keys: () => keys.current().publicKeys,
    onUnknownKid: () => {},
    checks: {},
    held: () => [],
    freshForSeconds: undefined,
    close: async () => {},
  };
}

async function openRemote(jwks: JwksConfig, options: OpenIssuerKeysOptions): Promise<IssuerKeys> {
  const { production, log, metrics, now } = options;
  const count = metrics.counter('auth_jwks_refreshes_total', 'Fetches of the public keys by outcome.', ['outcome']);
  const since = new Map<string, number>();
  let ignoredCount = 0;
  metrics.gauges('auth_jwks_ignored_keys', 'Keys that the issuer publishes and that are not used here.', [], () => [
    { labels: {}, value: ignoredCount },
  ]);
  const source = createJwksSource({
    ...jwks,
    now,
    monotonicMs: () => performance.now(),
    // Not in production: over plain HTTP an attacker could answer in place of the issuer, and then sign tokens for
    // every user.
    allowHttp: !production,
    onIgnored(ignored) {
      ignoredCount = ignored.length;
      log.info({ ignored }, 'keys from AUTH_JWKS_URL that are not used here');
    },
    onOutcome(outcome, error) {
      count({ outcome });
      if (error !== undefined) log.warn({ outcome, reason: error.message }, 'no public keys from AUTH_JWKS_URL');
      if (outcome === 'loaded') keepSince(source.keys());
    },
  });

  function keepSince(keys: PublicKeys): void {
    for (const kid of since.keys()) if (!keys.has(kid)) since.delete(kid);
    for (const kid of keys.keys()) if (!since.has(kid)) since.set(kid, monotonicSeconds());
  }

  await source.start();
  return {
    keys: source.keys,
    onUnknownKid: source.refreshSoon,
    checks: { jwks: source.ready },
    held: () =>
      [...since].map(([kid, from]) => ({
        kid,
        member: 'issuer.jwks',
        state: 'public',
        heldSeconds: monotonicSeconds() - from,
      })),
    freshForSeconds: jwks.freshForSeconds,
    close: source.close,
  };
}

/** The monotonic clock with which rotations measure their waits, in seconds. */
const monotonicSeconds = (): number => performance.now() / 1000;
