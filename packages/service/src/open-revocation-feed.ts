import type { Log, Metrics, RevocationsConfig } from '@auth/http';
import { type ClockReport, openRevocations, type RevocationStats } from '@auth/revocation';
import type { PublicKeys, Revocations } from '@auth/verify';
import { skewSeconds } from '@auth/verify/times';

/** The revocation feed as a service follows it. */
export interface RevocationFeed {
  /** The cut-offs for the access token verifier; `null` without a feed. */
  readonly revocations: Revocations | null;
  /** Whether revocations may be missing here; for routes with `onRevocationStale: 'deny'`. */
  isStale(): boolean;
  /** Readiness checks; none without a feed. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  /** For `/readyz?verbose`. */
  stats(): (RevocationStats & ClockReport) | 'none';
  close(): Promise<void>;
}

export interface OpenRevocationFeedOptions {
  readonly config: RevocationsConfig;
  readonly issuer: string;
  readonly keys: () => PublicKeys;
  readonly onUnknownKid: () => void;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Errors of a feed file that a retry cannot fix: missing rights, or something else at its path. */
const permanentError = /\b(?:EACCES|EPERM|EISDIR|ELOOP|ENOTDIR)\b/;

/** Opens the revocation feed and reports its state in the log and in metrics. */
export function openRevocationFeed({ config, log, metrics, ...rest }: OpenRevocationFeedOptions): RevocationFeed {
  const { url, staleAfterSeconds } = config;
  if (url === undefined || url === 'none') {
    if (url === undefined)
      log.warn('REVOCATIONS is not set: an access token works until it expires, also after a logout');
    return { revocations: null, isStale: () => false, checks: {}, stats: () => 'none', close: async () => {} };
  }
  const count = metrics.counter('revocation_feed_events_total', 'Tokens of the revocation feed by outcome.', [
    'outcome',
  ]);
  // At the start the feed may not exist yet, because the user app is starting too. A warning is logged only when this
  // lasts.
  let isSettled = false;
  let reason: string | undefined;
  const feed = openRevocations({
    ...rest,
    url,
    staleAfterSeconds,
    onOutcome: (outcome) => count({ outcome }),
    onStale(isStale) {
      const why = isSettled || reason === undefined ? {} : { reason };
      isSettled = true;
      const clock = feed.clock();
      if (isStale) log.warn({ staleAfterSeconds, ...clock, ...why }, staleMessage(clock, staleAfterSeconds));
      else log.info(feed.stats(), 'revocation feed up to date');
    },
    onError({ message }) {
      reason = message;
      const level = permanentError.test(message) ? 'error' : isSettled ? 'warn' : 'debug';
      log[level]({ reason: message }, 'revocation feed cannot be read for now');
    },
  });
  const number = (name: string, help: string, read: (stats: RevocationStats) => number) =>
    metrics.gauges(name, help, [], () => [{ labels: {}, value: read(feed.stats()) }]);
  number('revocation_feed_stale', '1 while more may have been revoked than is known here.', ({ stale }) =>
    Number(stale),
  );
  number(
    'revocation_clock_offset_seconds',
    'Time in the newest heartbeat minus the clock of this service at its arrival, in seconds. Negative for a late feed; positive or negative for a wrong clock.',
    () => feed.clock().clockOffsetSeconds ?? 0,
  );
  number('revocation_entries', 'Sessions with a cut-off in memory.', ({ entries }) => entries);
  return {
    revocations: feed,
    isStale: feed.isStale,
    checks: { revocations: feed.ready },
    stats: () => ({ ...feed.stats(), ...feed.clock() }),
    close: feed.close,
  };
}

/** Explains which clock to check, when the time of heartbeats differs from that of this service. */
function staleMessage(report: ClockReport, staleAfterSeconds: number): string {
  const stale = 'revocation feed stale: newer revocations are missing here';
  const { clockOffsetSeconds: offset = 0, clockSteppedSeconds: stepped } = report;
  // A clock step is visible at once; the next heartbeat arrives up to a second later.
  if (Math.abs(stepped) > skewSeconds) return `${stale}; the clock of this service was set by ${stepped} s: check it`;
  if (offset <= skewSeconds && offset >= -staleAfterSeconds) return stale;
  const place = offset > 0 ? 'ahead of' : 'behind';
  const heartbeats = `the newest heartbeat was signed ${Math.abs(offset)} s ${place} the clock of this service`;
  const late = offset > 0 ? '' : ', and whether the feed is late';
  return `${stale}; ${heartbeats}: check that clock and the one of the user service${late}`;
}
