import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublicKeys } from '@auth/verify';
import { afterEach } from '@jest/globals';
import { openFeedWriter } from '../src/open-feed.ts';
import { type FeedOutcome, type OpenRevocationsOptions, openRevocations } from '../src/open-revocations.ts';
import { createQuickIssuer, startOfTests } from './issuer.ts';

const closers: (() => Promise<unknown>)[] = [];

/** Returns a function that registers a `close`, to be called after the test, the last first. Called once per test file. */
export function closeAfterTests(): (close: () => Promise<unknown>) => void {
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  return (close) => closers.push(close);
}

/** Creates a folder for a feed and returns the feed's URL. */
export async function newFileFeed(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'feed-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  return `file:${dir}/revocations.log`;
}

/** Sets up a clock that the test moves, an issuer that publishes, and verifiers that follow. */
export async function setUpFeed(url: string) {
  let passed = 0;
  let offset = startOfTests;
  const now = () => passed + offset;
  const monotonicMs = () => passed * 1000;
  const issuer = createQuickIssuer({ now });
  const writer = await openFeedWriter(url);
  closers.push(writer.close);

  return {
    issuer,
    now,
    writer,
    url,
    /** Lets time pass. */
    advance(seconds: number) {
      passed += seconds;
    },
    /** Steps the clock forward or back, while no time passes. */
    step(seconds: number) {
      offset += seconds;
    },
    publish: (...events: readonly Parameters<typeof issuer.sign>[0][]) =>
      writer.publish(events.map((event) => issuer.sign(event))),
    verifier(options: Partial<OpenRevocationsOptions> & { readonly keys?: () => PublicKeys } = {}) {
      const outcomes: FeedOutcome[] = [];
      const changes: boolean[] = [];
      const errors: string[] = [];
      const revocations = openRevocations({
        url,
        issuer: issuer.issuer,
        keys: () => issuer.keys,
        now,
        monotonicMs,
        onOutcome: (outcome) => outcomes.push(outcome),
        onStale: (isStale) => changes.push(isStale),
        onError: ({ message }) => errors.push(message),
        ...options,
      });
      closers.push(revocations.close);
      const isReady = () =>
        revocations.ready().then(
          () => true,
          () => false,
        );
      return { revocations, outcomes, changes, errors, isReady };
    },
  };
}
