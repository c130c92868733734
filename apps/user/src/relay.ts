import type { EventSigning } from './event-signer.ts';
import { createSigner } from './event-signer.ts';
import type { RelayStore } from './outbox.ts';

/** Where the feed is written to: see `FeedWriter` of @auth/revocation. */
export interface RelayWriter {
  publish(tokens: readonly string[]): Promise<void>;
  isWhole(): boolean;
  compact(keep: AsyncIterable<string>): Promise<void>;
}

/** What a heartbeat says. */
export interface Beat {
  readonly floor: number;
  readonly last: number;
  readonly beat: number;
}

/** Signs what is published. */
export interface RelaySigning extends EventSigning {
  readonly heartbeat: (beat: Beat) => string;
}

export interface RelayOptions {
  readonly store: RelayStore;
  readonly writer: RelayWriter;
  readonly sign: RelaySigning;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Told when publishing fails: once until it works again. */
  readonly onError: (error: unknown) => void;
  /** Told after each heartbeat. */
  readonly onBeat?: () => void;
}

/** A term of leadership: see `openLeader`. */
export interface RelayTerm {
  readonly signal: AbortSignal;
  isHeld(): boolean;
  readonly notified: number;
  /** Until there is something newer than that. */
  wait(ms: number, since: number): Promise<void>;
}

const heartbeatMs = 1000;
const compactionMs = 30_000;
/** A feed that something else keeps spoiling is not written anew all the time. */
const repairMs = 5000;
/** When a compaction has failed. */
const retryMs = 2000;
/** A compaction that takes long is made less often: it may take this share of the time. */
const compactionShare = 20;
/** Events read, signed and written at a time, with other work in between. */
const batch = 100;

/**
 * Publishes cut-offs: what is written in the outbox with its cause, in the order of its numbers. Whatever is cut short
 * is done again, so that an event may be published twice and none is left out. A heartbeat comes after everything that it
 * counts, so that a verifier that has it knows what is missing; and the first one of a term comes after a compaction, so
 * that a verifier that starts finds everything before it. An event is signed once: each publication of it is the same.
 *
 * @throws when the outbox counts from a lower number than before, as after a restored backup: a new term must begin.
 */
export async function relay(options: RelayOptions, term: RelayTerm): Promise<void> {
  const { store, writer, sign, now, onError, onBeat = () => {} } = options;
  const signAll = createSigner(options);
  let beat = 0;
  let floor: number | undefined;
  let highest = 0;
  let nextBeat = 0;
  let nextCompaction = 0;
  let repairAt = 0;
  let hasBegun = false;
  let version = sign.version();
  let isTroubled = false;
  let restored: Error | undefined;

  async function write(tokens: readonly string[]): Promise<void> {
    if (!term.isHeld()) throw new Error('this process does not lead any more');
    await writer.publish(tokens);
  }

  async function publishNew(): Promise<void> {
    while (!term.signal.aborted) {
      const events = await store.takeUnpublished(batch);
      const last = events.at(-1);
      if (last === undefined) return;
      await write((await signAll(events)).map(({ token }) => token));
      await store.markPublished(last.seq);
      await beatWhenDue();
    }
  }

  async function lastPublished(): Promise<number> {
    const last = await store.lastPublished();
    if (last < highest) restored = new Error(`the outbox counts to ${last} after ${highest}: a restored backup?`);
    if (restored !== undefined) throw restored;
    highest = last;
    return last;
  }

  async function beatWhenDue(): Promise<void> {
    if (performance.now() < nextBeat || floor === undefined) return;
    const last = await lastPublished();
    beat += 1;
    await write([sign.heartbeat({ floor: Math.min(floor, last + 1), last, beat })]);
    nextBeat = performance.now() + heartbeatMs;
    onBeat();
  }

  /** What must stay in the feed, in order. What comes meanwhile is published in between. */
  async function* living(from: number, to: number): AsyncGenerator<string> {
    let next = from;
    while (next <= to && !term.signal.aborted) {
      const events = await store.between(next, to, batch);
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
    const last = await lastPublished();
    const from = await store.floor(last, at);
    // Verifiers that start while the feed is not whole are not told that it is.
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
    // What comes while we publish is not waited for.
    const { notified } = term;
    try {
      if (!hasBegun) await store.begin();
      hasBegun = true;
      await publishNew();
      await compactWhenDue();
      await beatWhenDue();
      isTroubled = false;
      await term.wait(Math.max(0, nextBeat - performance.now()), notified);
    } catch (error) {
      if (restored !== undefined) throw error;
      if (!isTroubled && term.isHeld()) onError(error);
      isTroubled = true;
      await term.wait(heartbeatMs, term.notified);
    }
  }
}
