import { setTimeout as delay } from 'node:timers/promises';
import type { FeedReader, FeedReaderOptions } from './feed.ts';
import { connectRedis } from './redis-connection.ts';
import { maxTokenLength } from './security-event.ts';

/** The field of an entry that holds the token. */
export const tokenField = 't';

const start = '0-0';
const entriesAtATime = 200;
const blockMs = 1000;
/** The longest answer, longer than any real one: a server that sends more is disconnected before it fills the memory. */
const maxAnswerBytes = 4 * entriesAtATime * maxTokenLength;

/**
 * Follows a Redis stream on its own connection: blocks in the server, reconnects without end, and resumes where it
 * stopped. A stream that was created again is read from its start.
 */
export function openRedisFeedReader(
  url: string,
  stream: string,
  { onTokens, onError, onStart, answerMs = 5000 }: FeedReaderOptions & { readonly answerMs?: number },
): FeedReader {
  const closing = new AbortController();
  const { redis, run, readyWithin } = connectRedis(url, { blockMs, answerMs });
  let position = start;
  let fromStart = false;
  let received = 0;
  /** Whether this reader closed the connection itself: the failures that follow are not reported. */
  let isGivenUp = false;
  redis.on('connect', () => {
    received = 0;
    const socket = redis.stream;
    socket.on('data', (chunk: Uint8Array) => {
      received += chunk.length;
      if (received > maxAnswerBytes) socket.destroy(new Error('the answer of the server is too long'));
    });
  });

  async function follow(): Promise<void> {
    await readyWithin(Math.min(answerMs, 1000));
    while (!closing.signal.aborted) {
      try {
        await readNew();
      } catch (error) {
        if (closing.signal.aborted) return;
        if (isGivenUp) {
          isGivenUp = false;
          await readyWithin(Math.min(answerMs, 1000));
          continue;
        }
        onError(error instanceof Error ? error : new Error(String(error)));
        await delay(50, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async function readNew(): Promise<void> {
    if (fromStart) position = start;
    fromStart = false;
    const read = () => redis.xread('COUNT', entriesAtATime, 'BLOCK', blockMs, 'STREAMS', stream, position);
    const [, entries = []] = (await run(read))?.[0] ?? [];
    received = 0;
    const last = entries.at(-1)?.[0];
    if (last === undefined) return await rewind();
    if (position === start) onStart?.();
    await onTokens(entries.map(([, fields]) => tokenOf(fields ?? [])));
    position = last;
  }

  /** Starts over when the server has lost the stream: new ids come from the server's clock and may be below `position`. */
  async function rewind(): Promise<void> {
    const [newest] = await run(() => redis.xrevrange(stream, '+', '-', 'COUNT', 1));
    received = 0;
    if (newest === undefined || isBefore(newest[0], position)) position = start;
  }

  const done = follow();
  return {
    startOver() {
      fromStart = true;
    },
    reconnect() {
      if (redis.status !== 'ready') return;
      isGivenUp = true;
      redis.disconnect(true);
    },
    async close() {
      closing.abort();
      redis.disconnect();
      await done;
    },
  };
}

/** The token of an entry. Any other entry counts as an empty text, which is not a token. */
function tokenOf(fields: readonly string[]): string {
  const [name, token = ''] = fields;
  return name === tokenField ? token.slice(0, maxTokenLength + 1) : '';
}

/** The parts of an id, which is `<milliseconds>-<number>`. */
export function partsOf(id: string): readonly [ms: number, number: number] {
  const [ms = 0, number = 0] = id.split('-').map(Number);
  return [ms, number];
}

export function isBefore(id: string, other: string): boolean {
  const [[ms, number], [otherMs, otherNumber]] = [partsOf(id), partsOf(other)];
  return ms < otherMs || (ms === otherMs && number < otherNumber);
}
