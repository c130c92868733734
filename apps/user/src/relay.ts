/** A cut-off as it stands in the outbox. */
export interface OutboxEvent {
  /** Its number in the feed: from 1, without holes. */
  readonly seq: number;
  readonly kind: 'session-revoked' | 'token-claims-change';
  readonly sid: string;
  /** Of a claims change. */
  readonly notBefore: number | undefined;
  readonly reason: string;
  /** From then on it concerns no token any more. Seconds since 1970. */
  readonly keepUntil: number;
}

/** Where the feed stands: the number of the last event, and the lowest that may still concern a token. */
export interface FeedPosition {
  readonly floor: number;
  readonly last: number;
}

export interface RelayStore {
  /** Numbers the events that have none, and returns those that are not published yet, in order. */
  takeUnpublished(limit: number): Promise<readonly OutboxEvent[]>;
  markPublished(upTo: number): Promise<void>;
  /** The published events that may still concern a token at that time, in order. */
  living(at: number): Promise<readonly OutboxEvent[]>;
  position(at: number): Promise<FeedPosition>;
}

/** Where the feed is written to. */
export interface FeedWriter {
  publish(tokens: readonly string[]): Promise<void>;
  /** Writes it anew: what is not among these tokens may go. */
  compact(tokens: readonly string[]): Promise<void>;
}

export interface RelayOptions {
  readonly store: RelayStore;
  readonly writer: FeedWriter;
  /** Signs what is published. */
  readonly sign: {
    readonly event: (event: OutboxEvent) => string;
    readonly heartbeat: (position: FeedPosition) => string;
  };
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Told when publishing fails: once until it works again. */
  readonly onTrouble: (error: unknown) => void;
}

/** A term of office: see `openLeader`. */
interface Term {
  readonly signal: AbortSignal;
  /** How often there was something new so far. */
  readonly notified: number;
  /** Until there is something newer than that. */
  wait(ms: number, since: number): Promise<void>;
}

const heartbeatMs = 1000;
const compactionMs = 30_000;
const batch = 500;

/**
 * Publishes cut-offs: what is written in the outbox with its cause, in the order of its numbers. Whatever is cut short
 * is done again, so that an event may be published twice and none is left out. The heartbeat comes after everything
 * that it counts, so that whoever has it knows what is missing.
 */
export async function relay({ store, writer, sign, now, onTrouble }: RelayOptions, term: Term): Promise<void> {
  let nextHeartbeat = 0;
  let nextCompaction = 0;
  let isTroubled = false;

  async function publish(): Promise<void> {
    for (;;) {
      const events = await store.takeUnpublished(batch);
      const last = events.at(-1);
      if (last === undefined) return;
      await writer.publish(events.map(sign.event));
      await store.markPublished(last.seq);
    }
  }

  async function turn(): Promise<void> {
    await publish();
    const time = performance.now();
    if (time < nextHeartbeat) return;
    const position = await store.position(now());
    const heartbeat = sign.heartbeat(position);
    if (time >= nextCompaction) {
      await writer.compact([...(await store.living(now())).map(sign.event), heartbeat]);
      nextCompaction = time + compactionMs;
    } else {
      await writer.publish([heartbeat]);
    }
    nextHeartbeat = time + heartbeatMs;
  }

  while (!term.signal.aborted) {
    // What comes while we publish is not waited for.
    const { notified } = term;
    try {
      await turn();
      isTroubled = false;
      await term.wait(Math.max(0, nextHeartbeat - performance.now()), notified);
    } catch (error) {
      if (!isTroubled) onTrouble(error);
      isTroubled = true;
      await term.wait(heartbeatMs, term.notified);
    }
  }
}
