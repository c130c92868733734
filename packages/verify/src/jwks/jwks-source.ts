import { AuthError } from '../auth-error.ts';
import { readClock } from '../clock.ts';
import { type IgnoredKey, keepUnchangedKeys, type PublicKeys } from '../public-keys.ts';
import { refreshDelayMs, retryDelayMs } from './delay.ts';
import { fetchJwks } from './fetch-jwks.ts';
import { JwksFetchError, type JwksOutcome } from './jwks-fetch-error.ts';
import { type CheckedKeySourceOptions, type JwksSourceOptions, readJwksOptions } from './jwks-options.ts';

/** An issuer's public keys, kept up to date in the background. */
export interface JwksSource {
  /**
   * Returns the current keys from memory, for `keys` of `createAccessTokenVerifier`. No request waits for a fetch.
   *
   * @throws AuthError `unavailable` before the first keys are loaded, and when they are older than `staleForSeconds`
   */
  keys(): PublicKeys;
  /**
   * Starts an early fetch, at most one per cooldown; for `onUnknownKid`. Returns at once.
   *
   * @throws AuthError `unavailable` when the last fetch failed: the issuer may have a key that is not known here
   */
  refreshSoon(): void;
  /** Starts the background work. Resolves when the first fetch has ended, also without keys: failed fetches are retried. */
  start(): Promise<void>;
  /** Checks readiness. @throws AuthError as `keys` */
  ready(): Promise<void>;
  /** Stops the background work and a fetch that is under way. The current keys stay valid until they are stale. */
  close(): Promise<void>;
}

/** Where an issuer's keys are. */
export interface JwksLocation {
  /** Returns the URL of the keys. @throws JwksFetchError when there is none for now */
  find(signal: AbortSignal): Promise<URL>;
  /** Called when no keys could be fetched: a URL that was found earlier may be wrong now. */
  forget(): void;
}

interface Held {
  readonly keys: PublicKeys;
  readonly etag: string | undefined;
  /** Where the keys are from: another server's ETag says nothing. */
  readonly url: URL;
  /** When the last successful fetch started: the issuer may have changed the keys since. */
  readonly at: Moment;
}

/**
 * One moment on two clocks: the wall clock can be set back, and the monotonic clock can stop while the machine is
 * suspended.
 */
interface Moment {
  readonly wall: number;
  readonly monotonicMs: number;
}

/**
 * Creates a source of an issuer's keys from its JWKS URL (RFC 7517 §5), for services that cannot get them as a file.
 * Each valid answer replaces all keys, so that a removed key stops working at once. A rejected answer changes nothing,
 * and an answer without a usable key is rejected. Does not check who answers, beyond TLS: the server at the URL is
 * trusted as the issuer.
 *
 * @throws TypeError when an option is wrong
 */
export function createJwksSource(options: JwksSourceOptions): JwksSource {
  const { url, ...rest } = readJwksOptions(options);
  return createSource(rest, { find: async () => url, forget: () => {} });
}

/** Creates a source of the keys at a location that is asked for before each fetch. The options are checked already. */
export function createSource(options: CheckedKeySourceOptions, location: JwksLocation): JwksSource {
  const { freshForSeconds, staleForSeconds, cooldownSeconds, now, monotonicMs, random } = options;
  const { profile, timeoutMs, maxBytes, onOutcome, onIgnored } = options;
  let held: Held | undefined;
  let lastReported = '';
  let failures = 0;
  let lastEarly: number | undefined;
  let first: Promise<void> | undefined;
  let isClosed = false;
  /** From start to close exactly one of these two is set: `timer` before a fetch, `running` during one. */
  let timer: NodeJS.Timeout | undefined;
  let running: { readonly cancel: AbortController; readonly done: Promise<void> } | undefined;

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), delayMs).unref();
  }

  function refresh(): Promise<void> {
    timer = undefined;
    const cancel = new AbortController();
    const done = attempt(cancel.signal);
    running = { cancel, done };
    return done;
  }

  async function attempt(signal: AbortSignal): Promise<void> {
    const [outcome, error] = await fetchOnce(signal);
    running = undefined;
    if (isClosed) return;
    failures = error === undefined ? 0 : failures + 1;
    schedule(failures === 0 ? refreshDelayMs(freshForSeconds, random) : retryDelayMs(failures, random));
    onOutcome(outcome, error);
  }

  async function fetchOnce(signal: AbortSignal): Promise<[JwksOutcome, JwksFetchError?]> {
    const at = moment();
    try {
      const url = await location.find(signal);
      const etag = held?.url.href === url.href ? held.etag : undefined;
      const answer = await fetchJwks({ url, etag, profile, timeoutMs, maxBytes, signal });
      if (answer.outcome === 'loaded') {
        held = { keys: keepUnchangedKeys(held?.keys ?? new Map(), answer.keys), etag: answer.etag, url, at };
        reportIgnored(answer.ignored);
      } else if (held !== undefined) held = { ...held, at };
      return [answer.outcome];
    } catch (error) {
      if (!(error instanceof JwksFetchError)) throw error;
      location.forget();
      return [error.outcome, error];
    }
  }

  function reportIgnored(ignored: readonly IgnoredKey[]): void {
    // Sorted, since some issuers list their keys in another order each time.
    const named = ignored.map(({ kid, reason }) => `${kid} ${reason.replace(/^keys\[\d+\]/, '')}`).sort();
    const mark = named.join('\n');
    if (mark === lastReported || isClosed) return;
    lastReported = mark;
    onIgnored(ignored);
  }

  function fetchEarly(): void {
    if (timer === undefined) return;
    const time = readClock(now);
    // Absolute difference: a clock that was set back must not delay new keys until it has caught up.
    if (lastEarly !== undefined && Math.abs(time - lastEarly) < cooldownSeconds) return;
    lastEarly = time;
    schedule(0);
  }

  function refreshSoon(): void {
    fetchEarly();
    // The issuer may have published this key since the last successful fetch, so the token may be valid.
    if (failures > 0) throw new AuthError('unavailable', 'keys_unavailable');
  }

  function moment(): Moment {
    return { wall: readClock(now), monotonicMs: monotonicMs() };
  }

  function isStale({ at }: Held): boolean {
    const time = moment();
    return Math.max(time.wall - at.wall, (time.monotonicMs - at.monotonicMs) / 1000) > staleForSeconds;
  }

  function keys(): PublicKeys {
    if (held !== undefined && !isStale(held)) return held.keys;
    // While the machine was suspended, the timer may have stopped as well.
    if (held !== undefined) fetchEarly();
    throw new AuthError('unavailable', 'keys_unavailable');
  }

  return {
    keys,
    refreshSoon,
    async start() {
      if (isClosed) throw new Error('this JWKS source is closed');
      first ??= refresh();
      await first;
    },
    async ready() {
      keys();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      timer = undefined;
      running?.cancel.abort();
      await running?.done;
    },
  };
}
