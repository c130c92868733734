import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFeedStatus } from '../src/feed/feed.ts';
import { oldestUnpublished } from '../src/feed/outbox-store.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

/** Sets up the status of a feed whose outbox is checked continuously, with its log. */
function setUp() {
  const lines: string[] = [];
  const gauges = new Map<string, () => number>();
  const status = createFeedStatus({
    oldestUnpublished: () => oldestUnpublished(harness.db),
    log: { info: (_fields, text) => lines.push(text), warn: (_fields, text) => lines.push(text) },
    gauge: (name, _help, read) => gauges.set(name, read),
    now: () => 1234,
    everyMs: 5,
  });
  return { lines, status, gauge: (name: string) => gauges.get(name)?.() };
}
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('the status of the feed', () => {
  it('logs once that revocations are not published and for how long, and once when they are published again', async () => {
    const { client } = harness.db;
    const { id } = await client.revocationEvent.create({
      data: {
        sessionId: '019b0000-0000-7000-8000-00000000000a',
        kind: 'session-revoked',
        reason: 'logout',
        keepUntil: 1n,
        createdAt: new Date(Date.now() - 60_000),
      },
    });
    const { status, lines, gauge } = setUp();
    await until(() => lines.length > 0);
    expect(gauge('revocations_unpublished_seconds')).toBeGreaterThan(59);
    expect(Number(status.details()['unpublishedSeconds'])).toBeGreaterThan(59);
    await client.revocationEvent.update({ where: { id }, data: { publishedAt: new Date() } });
    await until(() => lines.length > 1);
    await status.close();
    expect(lines).toEqual([
      'revocations are not published: other services still accept revoked tokens',
      'revocations are published again',
    ]);
    expect(gauge('revocations_unpublished_seconds')).toBe(0);
  });

  it('reports whether this replica leads, in which term, and when it published', async () => {
    const { status, gauge } = setUp();
    expect(status.details()).toMatchObject({ leads: false, term: 0, publishedAt: 0 });
    status.begin(7);
    status.beat();
    expect(status.details()).toMatchObject({ leads: true, term: 7, publishedAt: 1234 });
    expect([gauge('revocation_feed_term'), gauge('revocation_feed_published_at_seconds')]).toEqual([7, 1234]);
    status.end();
    expect(gauge('revocation_feed_term')).toBe(0);
    await status.close();
  });
});
