import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLog } from '@auth/http';
import { openRedis } from '@auth/service';
import { hasRedisServer, skipsWithoutRedis, startRedisServer } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishCutOffs } from '../src/feed/feed.ts';
import { createOutboxStore } from '../src/feed/outbox-store.ts';
import { type Harness, openHarness } from './harness.ts';

const count = 10_000;
const sid = '019b0000-0000-7000-8000-00000000000a';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

let harness: Harness;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'many-'));
  harness = await openHarness();
});
afterAll(async () => {
  await harness.close();
  await rm(dir, { recursive: true });
});

/** Returns the processor time of the main thread, in milliseconds. */
function threadMs(): number {
  const schedstat = `/proc/self/task/${process.pid}/schedstat`;
  if (!existsSync(schedstat)) return performance.now();
  return Number(readFileSync(schedstat, 'utf8').split(' ', 1)[0]) / 1e6;
}

/**
 * Measures the longest time without a turn of the event loop. Time in which other processes had the processor is left out:
 * of each gap between two ticks, only the thread's own processor time counts.
 */
function measureStalls() {
  let [longestMs, before] = [0, threadMs()];
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, threadMs() - before);
    before = threadMs();
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return longestMs;
    },
  };
}

/** Leads for one term: until the heartbeat after the first compaction. Returns the longest stall, in milliseconds. */
async function leadOnce(url: string, number: number): Promise<number> {
  const stop = new AbortController();
  const stalls = measureStalls();
  const errors: unknown[] = [];
  await publishCutOffs(
    {
      url,
      issuer: 'https://auth.example',
      now: harness.now,
      openOutbox: (term) => createOutboxStore({ db: harness.db, term }),
      signingKey: () => ({ kid: 'k', alg: 'RS256', key: privateKey }),
      publishedKids: () => ['k'],
      onError: (error) => errors.push(error),
      onBeat: () => stop.abort(),
    },
    {
      number,
      signal: stop.signal,
      isHeld: () => true,
      isListening: () => false,
      notified: 0,
      wait: (ms) => delay(ms, undefined, { signal: stop.signal }).catch(() => undefined),
    },
  );
  expect(errors).toEqual([]);
  return stalls.stop();
}

async function writeCutOffs(length: number): Promise<void> {
  await harness.db.client.revocationEvent.deleteMany();
  await harness.db.client.revocationFeed.update({ where: { id: 1 }, data: { last: 0, term: 0 } });
  const keepUntil = BigInt(Math.floor(Date.now() / 1000) + 6000);
  await harness.db.client.revocationEvent.createMany({
    data: Array.from({ length }, () => ({
      sessionId: sid,
      kind: 'session-revoked',
      reason: 'admin',
      keepUntil,
    })),
  });
}

describe(`${count} living cut-offs`, () => {
  const isEvent = (line: string) =>
    line.includes('.') && !Buffer.from(line.split('.')[1] ?? '', 'base64url').includes('"last"');

  it('are signed, published and compacted in a file without blocking the process for 50 ms', async () => {
    // Code that is loaded and compiled at the first event of a process is not part of the measurement.
    await writeCutOffs(1);
    await leadOnce(`file:${join(dir, 'first.log')}`, 1);
    const path = join(dir, 'feed.log');
    const events = async () => (await readFile(path, 'utf8')).split('\n').filter(isEvent);
    // Twice, since the engine may collect garbage in between: the code itself does the same each time.
    const firsts: number[] = [];
    for (const _ of [1, 2]) {
      await writeCutOffs(count);
      firsts.push(await leadOnce(`file:${path}`, 1));
    }
    const before = await events();
    expect(before).toHaveLength(count);
    // No event has to be signed again: the bytes are the same.
    const second = await leadOnce(`file:${path}`, 2);
    expect(await events()).toEqual(before);
    expect(Math.min(...firsts)).toBeLessThan(50);
    expect(second).toBeLessThan(50);
  }, 300_000);

  const skips = skipsWithoutRedis(`${count} cut-offs in a stream`, hasRedisServer());
  (skips ? it.skip : it)(
    'are compacted in a Redis stream without holding up the process for 50 ms',
    async () => {
      if ((await harness.db.client.revocationEvent.count()) === 0) await writeCutOffs(count);
      const server = await startRedisServer();
      const redis = await openRedis(server.url, { log: createLog({ service: 't', level: 'silent', format: 'json' }) });
      try {
        const longest = await leadOnce(server.url, 3);
        expect(await redis.xlen('auth:revocations')).toBe(count + 1);
        expect(longest).toBeLessThan(50);
      } finally {
        redis.disconnect();
        await server.stop();
      }
    },
    180_000,
  );
});
