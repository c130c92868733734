import type { PublishOptions } from '@auth/revocation';
import { createSigner, type EventSigning } from './event-signer.ts';
import type { Outbox } from './outbox.ts';

/** The writer of the feed: see `FeedWriter` of @auth/revocation. */
export interface RelayWriter {
  publish(tokens: readonly string[], options?: PublishOptions): Promise<void>;
  isWhole(): boolean;
  compact(keep: AsyncIterable<string>): Promise<void>;
}

export interface RelayOptions {
  readonly outbox: Outbox;
  readonly writer: RelayWriter;
  readonly sign: EventSigning;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Called when publishing fails: once until it works again. */
  readonly onError: (error: unknown) => void;
  /** Called after each heartbeat. */
  readonly onBeat?: () => void;
  /** The time after which a leader that cannot publish gives the lease back; 15 s unless given. */
  readonly giveUpMs?: number;
}

/** A term of leadership: see `openLeader`. */
export interface RelayTerm {
  readonly signal: AbortSignal;
  isHeld(): boolean;
  /** Whether notifications arrive. */
  isListening(): boolean;
  readonly notified: number;
  /** Resolves after `ms`, or when `notified` is above `since`. */
  wait(ms: number, since: number): Promise<void>;
}

const heartbeatMs = 1000;
/** The polling interval of the outbox while notifications arrive; otherwise it is polled at each turn. */
const pollMs = 5000;
const compactionMs = 30_000;
/** The shortest time between two repairs of a feed that something else keeps changing. */
const repairMs = 5000;
/** The delay after a failed compaction. */
const retryMs = 2000;
/** The shortest time between compactions, as a multiple of the time that the last one took. */
const compactionShare = 20;
/** The number of events that are read, signed and written at a time, with other work in between. */
const batch = 100;

/**
 * Publishes cut-offs from the outbox, in the order of their numbers. Interrupted work is repeated: an event may be
 * published twice, but none is left out. A heartbeat is published after all events that it counts, so that a verifier
 * can detect a missing one. The first heartbeat of a term follows a compaction, so that a new verifier finds every event
 * before it. An event is signed once, and each publication of it is the same.
 *
 * @throws when the outbox counts from a lower number than before, as after a restored backup: a new term must begin; and
 *   when publishing has failed for so long that another replica should try
 */
export async function relay(options: RelayOptions, term: RelayTerm): Promise<void> {
  const { outbox, writer, sign, now, onError, onBeat = () => {}, giveUpMs = 15_000 } = options;
  const signAll = createSigner(options);
  let beat = 0;
  let floor: number | undefined;
  /** The number of the last event up to which all are published. */
  let last = 0;
  let nextBeat = 0;
  let nextPoll = 0;
  let polledAt = -1;
  let nextCompaction = 0;
  let repairAt = 0;
  let hasBegun = false;
  let version = sign.version();
  let failingSince: number | undefined;
  let restored: Error | undefined;

  async function write(tokens: readonly string[], options?: PublishOptions): Promise<void> {
    if (!term.isHeld()) throw new Error('this process is no longer the leader');
    await writer.publish(tokens, options);
  }

  /** Publishes until no event is waiting and `last` is up to date. */
  async function publishNew(): Promise<void> {
    let isWaiting = await check();
    while (isWaiting && !term.signal.aborted) {
      const events = await outbox.takeUnpublished(batch);
      const newest = events.at(-1);
      if (newest === undefined) return;
      await write((await signAll(events)).map(({ token }) => token));
      await outbox.markPublished(newest.seq);
      isWaiting = await check();
      await beatWhenDue();
    }
  }

  /** Returns whether events wait to be published. */
  async function check(): Promise<boolean> {
    const state = await outbox.check();
    if (state.last < last) restored = new Error(`the outbox counts to ${state.last} after ${last}: a restored backup?`);
    if (restored !== undefined) throw restored;
    last = state.last;
    return state.isWaiting;
  }

  async function beatWhenDue(): Promise<void> {
    if (performance.now() < nextBeat || floor === undefined) return;
    beat += 1;
    await write([sign.heartbeat({ floor: Math.min(floor, last + 1), last, beat })], { isShortLived: true });
    nextBeat = performance.now() + heartbeatMs;
    onBeat();
  }

  /** Yields the tokens that must stay in the feed, in order. New events are published in between. */
  async function* living(from: number, to: number): AsyncGenerator<string> {
    let next = from;
    while (next <= to && !term.signal.aborted) {
      const events = await outbox.between(next, to, batch);
      const upTo = events.length < batch ? to : (events.at(-1)?.seq ?? to);
      for (const { token } of await signAll(events, { from: next, to: upTo })) yield token;
      next = upTo + 1;
      await publishNew();
      await beatWhenDue();
    }
  }

  async function compactWhenDue(): Promise<void> {
    const started = performance.now();
    const isDue = started >= nextCompaction || !writer.isWhole() || sign.version() !== version;
    if (!isDue || started < repairAt) return;
    const [published, at] = [sign.version(), now()];
    const from = await outbox.floor(last, at);
    // No heartbeat while the feed is incomplete, so that a new verifier does not count it as complete.
    const isRepair = !writer.isWhole() && nextCompaction > 0;
    if (!writer.isWhole()) floor = undefined;
    repairAt = started + retryMs;
    await writer.compact(living(from, last));
    const ended = performance.now();
    repairAt = isRepair ? ended + repairMs : 0;
    nextCompaction = ended + Math.max(compactionMs, compactionShare * (ended - started));
    [version, floor, nextBeat] = [published, from, 0];
  }

  while (!term.signal.aborted) {
    // A notification that arrives during publishing ends the wait below at once.
    const { notified } = term;
    try {
      if (!hasBegun) await outbox.begin();
      hasBegun = true;
      if (!term.isListening() || notified !== polledAt || performance.now() >= nextPoll) {
        await publishNew();
        polledAt = notified;
        nextPoll = performance.now() + pollMs;
      }
      await compactWhenDue();
      await beatWhenDue();
      failingSince = undefined;
      await term.wait(Math.max(0, nextBeat - performance.now()), notified);
    } catch (error) {
      nextPoll = 0;
      if (restored !== undefined) throw error;
      if (failingSince === undefined && term.isHeld()) onError(error);
      failingSince ??= performance.now();
      // Another replica may still have a connection to the feed.
      if (performance.now() - failingSince >= giveUpMs)
        throw new Error('publishing fails: another replica should lead', { cause: error });
      await term.wait(heartbeatMs, term.notified);
    }
  }
}
