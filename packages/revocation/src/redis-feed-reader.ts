import { setTimeout as delay } from 'node:timers/promises';
import type { FeedReader, FeedReaderOptions } from './feed.ts';
import { connectRedis } from './redis-connection.ts';
import { maxTokenLength } from './security-event.ts';

/** The one field of an entry that holds a token. */
export const tokenField = 't';

const start = '0-0';
const entriesAtATime = 200;
const blockMs = 1000;
/** More than any answer to a fair question: a server that sends more is cut off before it fills the memory. */
const maxAnswerBytes = 4 * entriesAtATime * maxTokenLength;

/**
 * Follows a Redis stream on a connection of its own: waits in the server, connects again for ever, and goes on where it
 * stopped. A stream that begins anew is read from its start.
 */
export function openRedisFeedReader(
  url: string,
  stream: string,
  { onTokens, onTrouble, onStart, answerMs = 5000 }: FeedReaderOptions & { readonly answerMs?: number },
): FeedReader {
  const closing = new AbortController();
  const { redis, ask, readyWithin } = connectRedis(url, { blockMs, answerMs });
  let position = start;
  let fromStart = false;
  let received = 0;
  /** Closed by this reader: failures that follow from it are not reported. */
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
        onTrouble(error instanceof Error ? error : new Error(String(error)));
        await delay(50, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async function readNew(): Promise<void> {
    if (fromStart) position = start;
    fromStart = false;
    const read = () => redis.xread('COUNT', entriesAtATime, 'BLOCK', blockMs, 'STREAMS', stream, position);
    const [, entries = []] = (await ask(read))?.[0] ?? [];
    received = 0;
    const last = entries.at(-1)?.[0];
    if (last === undefined) return await rewind();
    if (position === start) onStart?.();
    await onTokens(entries.map(([, fields]) => tokenOf(fields ?? [])));
    position = last;
  }

  /** A server that has lost the stream numbers from its own clock: what it adds may come before where we are. */
  async function rewind(): Promise<void> {
    const [newest] = await ask(() => redis.xrevrange(stream, '+', '-', 'COUNT', 1));
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

/** An entry that is not ours is handed over like any other text that is no token. */
function tokenOf(fields: readonly string[]): string {
  const [name, token = ''] = fields;
  return name === tokenField ? token.slice(0, maxTokenLength + 1) : '';
}

/** Ids are `<milliseconds>-<number>`. */
function isBefore(id: string, other: string): boolean {
  const [ms = 0, number = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return ms < otherMs || (ms === otherMs && number < otherNumber);
}
