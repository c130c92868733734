import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FeedWriter, OutboxEvent } from '../src/relay.ts';
import { relay } from '../src/relay.ts';
import { createRelayStore } from '../src/relay-store.ts';
import type { Harness } from './harness.ts';
import { openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const sid = '019b0000-0000-7000-8000-00000000000a';
const write = (count: number, keepUntil = harness.now() + 600) =>
  harness.db.client.revocationEvent.createMany({
    data: Array.from({ length: count }, () => ({
      ...{ sessionId: sid, kind: 'session-revoked', reason: 'logout', keepUntil: BigInt(Math.floor(keepUntil)) },
    })),
  });
const clear = async () => {
  await harness.db.client.revocationEvent.deleteMany();
  await harness.db.client.revocationFeed.update({ where: { id: 1 }, data: { last: 0 } });
};

/** A feed in memory, which can be down; tokens are the events themselves. */
function memoryFeed() {
  const tokens: string[] = [];
  const state = { isDown: false, crashAfter: Number.POSITIVE_INFINITY };
  const refuse = () => {
    if (state.isDown) throw new Error('the feed is down');
  };
  const writer: FeedWriter = {
    async publish(added) {
      refuse();
      tokens.push(...added);
    },
    async compact(kept) {
      refuse();
      tokens.splice(0, tokens.length, ...kept);
    },
  };
  const numbers = () => tokens.filter((token) => !token.startsWith('heartbeat')).map(Number);
  return { tokens, state, writer, numbers };
}

/** Runs the relay for so many turns. */
async function run(feed: ReturnType<typeof memoryFeed>, turns: number) {
  const stop = new AbortController();
  const troubles: unknown[] = [];
  let left = turns;
  await relay(
    {
      store: createRelayStore(harness.db),
      writer: feed.writer,
      sign: {
        event: ({ seq }: OutboxEvent) => String(seq),
        heartbeat: ({ floor, last }) => `heartbeat ${floor} ${last}`,
      },
      now: harness.now,
      onTrouble: (error) => troubles.push(error),
    },
    {
      signal: stop.signal,
      notified: 0,
      async wait() {
        left -= 1;
        if (left === 0) stop.abort();
      },
    },
  );
  return troubles;
}

describe('the relay', () => {
  it('numbers cut-offs from 1 without holes, publishes each, and then says how many there are', async () => {
    await clear();
    await write(3);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.tokens).toEqual(['1', '2', '3', 'heartbeat 1 3']);
    await write(2);
    await run(feed, 1);
    expect(feed.numbers()).toEqual([1, 2, 3, 4, 5]);
    expect(feed.tokens.at(-1)).toBe('heartbeat 1 5');
  });

  it('publishes more than a batch, in order', async () => {
    await clear();
    await write(1201);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.numbers()).toEqual(Array.from({ length: 1201 }, (_, index) => index + 1));
  });

  it('loses nothing and counts nothing while the feed is down', async () => {
    await clear();
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

  it('publishes again what was numbered by one that was killed before it had published', async () => {
    await clear();
    await write(2);
    await createRelayStore(harness.db).takeUnpublished(10);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.numbers()).toEqual([1, 2]);
  });

  it('numbers each once though two of them are at it', async () => {
    await clear();
    await write(40);
    const store = createRelayStore(harness.db);
    await Promise.all(Array.from({ length: 8 }, () => store.takeUnpublished(10)));
    const rows = await harness.db.client.revocationEvent.findMany({ where: { seq: { not: null } } });
    const numbers = rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(10);
  });

  it('raises the floor when the first events concern no token any more', async () => {
    await clear();
    await write(2, harness.now() - 1);
    await write(1);
    const feed = memoryFeed();
    await run(feed, 1);
    expect(feed.tokens.at(-1)).toBe('heartbeat 3 3');
    harness.advance(700);
    const later = memoryFeed();
    await run(later, 1);
    expect(later.tokens).toEqual(['heartbeat 4 3']);
  });
});
