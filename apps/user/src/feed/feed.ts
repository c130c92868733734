import { setTimeout as delay } from 'node:timers/promises';
import { openFeedWriter } from '@auth/revocation';
import { type SigningOptions, signingFor } from './event-signer.ts';
import type { Outbox } from './outbox.ts';
import { type RelayTerm, relay } from './relay.ts';

export interface FeedOptions extends SigningOptions {
  /** The URL of the feed; undefined or `none` without a feed. */
  readonly url: string | undefined;
  /** Opens the outbox for the term of that number. */
  readonly openOutbox: (term: number) => Outbox;
  /** Called when publishing fails: once until it works again. */
  readonly onError: (error: unknown) => void;
  /** Called after each heartbeat. */
  readonly onBeat?: () => void;
}

/** A term of leadership with its fencing number: see `openLeader`. */
export type FeedTerm = RelayTerm & { readonly number: number };

/** Signs cut-offs and publishes them to the feed until the term ends. */
export async function publishCutOffs({ url, openOutbox, ...options }: FeedOptions, term: FeedTerm): Promise<void> {
  if (url === undefined || url === 'none') return;
  const writer = await openFeedWriter(url, { term: term.number, isHeld: term.isHeld });
  try {
    await relay({ ...options, writer, outbox: openOutbox(term.number), sign: signingFor(options, term.number) }, term);
  } finally {
    await writer.close();
  }
}

/** Reports to operators which process publishes cut-offs, and whether any cut-off is waiting. */
export interface FeedStatus {
  /** Called when this process begins to lead, with its term. */
  begin(term: number): void;
  /** Called when a heartbeat was published. */
  beat(): void;
  /** Called when this process no longer leads. */
  end(): void;
  /** The status for `/readyz?verbose`. */
  details(): Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface FeedStatusOptions {
  /** How long the oldest unpublished cut-off has been waiting, in seconds. */
  readonly oldestUnpublished: () => Promise<number>;
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
  /** Registers a metric that is read when it is scraped. */
  readonly gauge: (name: string, help: string, read: () => number) => void;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly everyMs?: number;
}

/** The alert threshold. Cut-offs are published within a second; a change of the leader takes less than 15. */
const lateSeconds = 15;

/** Creates the status of the feed. Every replica watches the outbox, since the leader may be the process that is gone. */
export function createFeedStatus(options: FeedStatusOptions): FeedStatus {
  const { oldestUnpublished, log, gauge, now, everyMs = 5000 } = options;
  const closing = new AbortController();
  let term = 0;
  let publishedAt = 0;
  let unpublishedSeconds = 0;
  let isLate = false;
  gauge(
    'revocation_feed_term',
    'The term in which this process publishes revocations; 0 while it does not.',
    () => term,
  );
  gauge('revocation_feed_published_at_seconds', 'When this process last published, since 1970.', () => publishedAt);
  gauge('revocations_unpublished_seconds', 'Age of the oldest unpublished revocation.', () => unpublishedSeconds);

  async function check(): Promise<void> {
    // A database that does not answer is reported elsewhere.
    unpublishedSeconds = await oldestUnpublished().catch(() => unpublishedSeconds);
    const wasLate = isLate;
    isLate = unpublishedSeconds > lateSeconds;
    const waiting = { unpublishedSeconds: Math.round(unpublishedSeconds), leadsHere: term > 0 };
    if (isLate && !wasLate)
      log.warn(waiting, 'revocations are not published: other services still accept revoked tokens');
    if (!isLate && wasLate) log.info({ leadsHere: term > 0 }, 'revocations are published again');
  }

  const running = (async () => {
    while (!closing.signal.aborted) {
      await check();
      await delay(everyMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  })();

  return {
    begin(number) {
      term = number;
      log.info({ term }, 'this process publishes revocations and cleans up');
    },
    beat() {
      publishedAt = now();
    },
    end() {
      log.info({ term }, 'this process no longer publishes revocations');
      term = 0;
    },
    details: () => ({ leads: term > 0, term, publishedAt, unpublishedSeconds }),
    async close() {
      closing.abort();
      await running;
    },
  };
}
