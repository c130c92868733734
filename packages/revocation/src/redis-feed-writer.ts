import type { FeedWriter } from './feed.ts';
import { assertTokens } from './feed.ts';
import { createTurns } from './in-turn.ts';
import { connectRedis } from './redis-connection.ts';
import { tokenField } from './redis-feed-reader.ts';

/** Tokens sent at a time: the server answers others in between. */
const chunkLength = 500;
const startMs = 2000;

/** Opens a Redis stream to publish in. Rejects what it is given while the server is down; what was lost there comes back with `compact`. */
export async function openRedisFeedWriter(url: string, stream: string): Promise<FeedWriter> {
  const inTurn = createTurns();
  const { redis, ask, readyWithin } = connectRedis(url);
  await readyWithin(startMs);

  /** The id of the first one added. */
  async function add(tokens: readonly string[]): Promise<string | undefined> {
    let first: string | undefined;
    for (let start = 0; start < tokens.length; start += chunkLength) {
      const pipeline = redis.pipeline();
      for (const token of tokens.slice(start, start + chunkLength)) pipeline.xadd(stream, '*', tokenField, token);
      for (const [error, id] of (await ask(() => pipeline.exec())) ?? []) {
        if (error !== null) throw error;
        first ??= String(id);
      }
    }
    return first;
  }

  return {
    async publish(tokens) {
      assertTokens(tokens);
      await inTurn(() => add(tokens));
    },
    async compact(keep) {
      assertTokens(keep);
      // Added again, and then what is older goes: so a server that has lost everything gets it back.
      await inTurn(async () => {
        const first = await add(keep);
        const trim = () =>
          first === undefined ? redis.xtrim(stream, 'MAXLEN', 0) : redis.xtrim(stream, 'MINID', first);
        await ask(trim);
      });
    },
    close: () => inTurn(async () => redis.disconnect()),
  };
}
