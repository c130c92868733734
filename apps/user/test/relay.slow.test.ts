import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Beat } from '../src/feed/event-signer.ts';
import type { OutboxEvent } from '../src/feed/outbox.ts';
import { createOutboxStore } from '../src/feed/outbox-store.ts';
import { type RelayWriter, relay } from '../src/feed/relay.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const sid = '019b0000-0000-7000-8000-00000000000a';
/** Times by the clock of the database; the clock of the app under test is ahead of it. */
const soon = () => Math.floor(Date.now() / 1000) + 600;
const over = () => Math.floor(Date.now() / 1000) - 120;
const write = (count: number, keepUntil = soon()) =>
  harness.db.client.revocationEvent.createMany({
    data: Array.from({ length: count }, () => ({
      sessionId: sid,
      kind: 'session-revoked',
      reason: 'logout',
      keepUntil: BigInt(keepUntil),
    })),
  });
beforeEach(async () => {
  await harness.db.client.revocationEvent.deleteMany();
  await harness.db.client.revocationFeed.update({ where: { id: 1 }, data: { last: 0, term: 0 } });
});
const outbox = (term = 1) => createOutboxStore({ db: harness.db, term });

/** Creates a feed in memory, which can be down, or changed by something else. Tokens contain their number, term and key. */
function memoryFeed() {
  const tokens: string[] = [];
  const state = { isDown: false, isWhole: false };
  const refuse = () => {
    if (state.isDown) throw new Error('the feed is down');
  };
  /** The number of tokens that each compaction left, with the heartbeat after it. */
  const compactions: number[] = [];
  const writer: RelayWriter = {
    isWhole: () => state.isWhole,
    async publish(added) {
      refuse();
      tokens.push(...added);
    },
    async compact(kept) {
      const before = tokens.length;
      for await (const token of kept) {
        refuse();
        tokens.push(token);
      }
      tokens.splice(0, before);
      state.isWhole = true;
      compactions.push(tokens.length + 1);
    },
  };
  const numbers = () =>
    tokens.filter((token) => !token.startsWith('heartbeat')).map((token) => Number.parseInt(token, 10));
  return { tokens, state, writer, numbers, compactions };
}

interface RunOptions {
  readonly term?: number;
  readonly key?: string;
  readonly isHeld?: () => boolean;
  readonly giveUpMs?: number;
  readonly isListening?: boolean;
  /** Called between two turns. */
  readonly between?: () => Promise<unknown>;
}

/** Runs the relay for some turns, and returns its errors. */
async function run(feed: ReturnType<typeof memoryFeed>, turns: number, options: RunOptions = {}) {
  const { term = 1, key = 'k1', giveUpMs = 15_000, isHeld = () => true, between = async () => undefined } = options;
  const { isListening = false } = options;
  const stop = new AbortController();
  const errors: unknown[] = [];
  let left = turns;
  await relay(
    {
      outbox: outbox(term),
      writer: feed.writer,
      sign: {
        event: (event: Omit<OutboxEvent, 'token'>) => `${event.seq} term ${event.term ?? term} ${key}`,
        heartbeat: ({ floor, last, beat }: Beat) => `heartbeat ${floor} ${last} term ${term} beat ${beat}`,
        isGood: (token) => token.endsWith(key),
        version: () => key,
      },
      now: harness.now,
      giveUpMs,
      onError: (error) => errors.push(error),
    },
    {
      signal: stop.signal,
      isHeld,
      isListening: () => isListening,
      notified: 0,
      async wait() {
        left -= 1;
        if (left === 0) stop.abort();
        await between();
      },
    },
  );
  return errors;
}

describe('the relay', () => {
  it('numbers cut-offs from 1 without gaps, and publishes each before the heartbeat that counts it', async () => {
    await write(3);
    const feed = memoryFeed();
    expect(await run(feed, 1)).toEqual([]);
    expect(feed.tokens).toEqual(['1 term 1 k1', '2 term 1 k1', '3 term 1 k1', 'heartbeat 1 3 term 1 beat 1']);
    await write(2);
    await run(feed, 1);
    expect(new Set(feed.numbers())).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(feed.tokens.at(-1)).toBe('heartbeat 1 5 term 1 beat 1');
  });

  it('publishes more events than a batch, in order', async () => {
    await write(450);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.numbers()).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
  });

  it('loses no event while the feed is down, and counts none as published', async () => {
    await write(2);
    const feed = memoryFeed();
    feed.state.isDown = true;
    expect(await run(feed, 2)).toHaveLength(1);
    expect(feed.tokens).toEqual([]);
    await write(1);
    feed.state.isDown = false;
    await run(feed, 1);
    expect(feed.numbers()).toEqual([1, 2, 3]);
  });

  it('polls the outbox at each turn, but not without a notification while notifications arrive', async () => {
    const feed = memoryFeed();
    const between = () => write(1);
    await run(feed, 3, { between, isListening: true });
    expect(feed.numbers()).toEqual([]);
    await run(feed, 3, { between });
    expect(new Set(feed.numbers())).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it('ends its term when publishing has failed for giveUpMs', async () => {
    const feed = memoryFeed();
    feed.state.isDown = true;
    await write(1);
    await expect(run(feed, 2, { giveUpMs: 0 })).rejects.toThrow('another replica should lead');
  });

  it('publishes events that a killed leader numbered but did not publish', async () => {
    await write(2);
    await outbox().takeUnpublished(10);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.numbers()).toEqual([1, 2]);
  });

  it('numbers each event once when two leaders number at the same time', async () => {
    await write(40);
    const one = outbox();
    await Promise.all(Array.from({ length: 8 }, () => one.takeUnpublished(10)));
    const rows = await harness.db.client.revocationEvent.findMany({ where: { seq: { not: null } } });
    const numbers = rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(10);
  });

  it('publishes every number from the floor on again, also of events that no longer matter', async () => {
    await write(2, over());
    await write(1);
    await write(1, over());
    await write(1);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.numbers()).toEqual([3, 4, 5]);
    expect(feed.tokens.at(-1)).toBe('heartbeat 3 5 term 1 beat 1');
  });

  it('raises the floor to last + 1 when no event concerns a token any more', async () => {
    await write(3, over());
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.tokens).toEqual(['heartbeat 4 3 term 1 beat 1']);
  });

  it('keeps events that matter by either clock, also when one is a day ahead', async () => {
    await write(1);
    harness.advance(86_400);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.numbers()).toEqual([1]);
    harness.advance(-86_400);
  });

  it('signs an event once, in the term in which it was numbered, and publishes the same token in later terms', async () => {
    await write(2);
    await run(memoryFeed(), 1);
    await write(1);
    const later = memoryFeed();
    await run(later, 1, { term: 7 });
    expect(later.tokens).toEqual(['1 term 1 k1', '2 term 1 k1', '3 term 7 k1', 'heartbeat 1 3 term 7 beat 1']);
  });

  it('signs an event again and stores it when its key is no longer published', async () => {
    await write(2);
    await run(memoryFeed(), 1);
    const feed = memoryFeed();
    await run(feed, 1, { term: 2, key: 'k2' });
    expect(feed.tokens.slice(0, 2)).toEqual(['1 term 1 k2', '2 term 1 k2']);
    const rows = await harness.db.client.revocationEvent.findMany({ orderBy: { seq: 'asc' } });
    expect(rows.map(({ token }) => token)).toEqual(['1 term 1 k2', '2 term 1 k2']);
  });

  it('signs events that a build without tokens and terms published', async () => {
    await write(1);
    await run(memoryFeed(), 1);
    await harness.db.client.revocationEvent.updateMany({ data: { token: null, term: null } });
    const feed = memoryFeed();
    await run(feed, 1, { term: 5 });
    expect(feed.tokens[0]).toBe('1 term 5 k1');
  });

  it('publishes an event without effect for a number whose row an earlier build removed', async () => {
    await write(6);
    await run(memoryFeed(), 1);
    await harness.db.client.revocationEvent.deleteMany({ where: { seq: { in: [2n, 4n, 5n] } } });
    const feed = memoryFeed();
    await run(feed, 1, { term: 2 });
    expect(feed.numbers()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('continues after events that a replica of an earlier build numbered and published meanwhile', async () => {
    await write(2);
    const feed = memoryFeed();
    await run(feed, 1, { term: 4 });
    await write(2);
    // The earlier build numbers under the same row lock, without terms and tokens.
    const { client } = harness.db;
    await client.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT last FROM revocation_feed WHERE id = 1 FOR UPDATE`;
      await tx.$executeRaw`
        UPDATE revocation_events e SET seq = 2 + n.place, published_at = now()
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM revocation_events WHERE seq IS NULL) n
        WHERE e.id = n.id`;
      await tx.$executeRaw`UPDATE revocation_feed SET last = 4 WHERE id = 1`;
    });
    await write(1);
    await run(feed, 1, { term: 4 });
    expect(feed.numbers().sort()).toEqual([1, 2, 3, 4, 5]);
    expect(feed.tokens.at(-1)).toBe('heartbeat 1 5 term 4 beat 1');
  });

  it('rewrites the feed at once when something else has changed it', async () => {
    await write(2);
    const feed = memoryFeed();
    await run(feed, 2, {
      async between() {
        feed.tokens.length = 0;
        feed.state.isWhole = false;
      },
    });
    // The second turn rewrote the feed before it was changed again.
    expect(feed.compactions).toEqual([3, 3]);
  });

  it('ends its term when the outbox counts from a lower number than before, as after a restored backup', async () => {
    await write(3);
    const feed = memoryFeed();
    const restore = async () => {
      await harness.db.client.revocationEvent.deleteMany();
      await harness.db.client.revocationFeed.update({ where: { id: 1 }, data: { last: 1 } });
      await new Promise((resolve) => setTimeout(resolve, 1100));
    };
    await expect(run(feed, 3, { between: restore })).rejects.toThrow('a restored backup?');
  });
});

describe('a leader that was suspended and resumes in the term of another one', () => {
  it('cannot number events, store tokens, mark events as published, or begin its term', async () => {
    await write(1);
    const old = outbox(1);
    await old.begin();
    const [first] = await old.takeUnpublished(10);
    await outbox(2).begin();
    await write(1);
    const late = [{ seq: first?.seq ?? 0, token: 'late' }];
    await expect(old.takeUnpublished(10)).rejects.toThrow('another process leads');
    await expect(old.keep(late)).rejects.toThrow('another process leads');
    await expect(old.begin()).rejects.toThrow('another process leads');
    await old.markPublished(1);
    const rows = await harness.db.client.revocationEvent.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map(({ seq, token, publishedAt }) => [seq, token, publishedAt])).toEqual([
      [1n, null, null],
      [null, null, null],
    ]);
  });

  it('publishes nothing after its lease has ended by its own clock', async () => {
    await write(1);
    const feed = memoryFeed();
    await run(feed, 2, { isHeld: () => false });
    expect(feed.tokens).toEqual([]);
  });
});
