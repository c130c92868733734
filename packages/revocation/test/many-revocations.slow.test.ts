import { stderr } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { closeAfterTests, newFileFeed, setUpFeed } from './feed.ts';
import { ended, startOfTests as now } from './issuer.ts';
import { until } from './until.ts';

closeAfterTests();
const count = 100_000;
const keepUntil = now + 665;

/** The memory in use, after garbage collection. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

describe('100 000 revocations at a time', () => {
  it('are known before the verifier is ready, do not block requests, and are removed after the life of a token', async () => {
    const { publish, verifier, advance, writer, issuer } = await setUpFeed(await newFileFeed());
    for (let from = 1; from < count; from += 1000) {
      await publish(...Array.from({ length: 1000 }, (_, index) => ended(from + index, keepUntil)));
    }
    await publish({ kind: 'heartbeat', floor: 1, last: count });
    const before = heapUsed();
    const started = performance.now();
    const { revocations, isReady } = verifier();
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await until(isReady, 110_000);
    clearInterval(watch);
    const seconds = (performance.now() - started) / 1000;
    stderr.write(
      `${count} revocations: read in ${seconds.toFixed(1)} s, ${Math.round((heapUsed() - before) / 1e6)} MB of memory, ` +
        `requests waited ${Math.round(longest)} ms at most\n`,
    );
    expect(revocations.stats().entries).toBe(count);
    expect(revocations.isRevoked(`sid-${count}`, now)).toBe(true);
    advance(3600 + 120 + 1);
    await writer.compact([issuer.sign({ kind: 'heartbeat', floor: count + 1, last: count })]);
    await until(() => revocations.stats().entries === 0);
    expect(revocations.stats()).toMatchObject({ floor: count + 1, stale: false });
  }, 240_000);
});
