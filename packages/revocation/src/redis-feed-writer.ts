import type { FeedWriter, FeedWriterOptions } from './feed.ts';
import { assertTokens, createTurns, slicesOf } from './feed.ts';
import { connectRedis } from './redis-connection.ts';
import { tokenField } from './redis-feed-reader.ts';

/** Tokens sent at a time, so that the server and this process can do other work in between. */
const sliceLength = 100;
const startMs = 2000;
/** How long the fence outlives the last write of its term. */
const fenceSeconds = 600;

/** Refuses a writer of an earlier term; otherwise the fence is at this term afterwards. */
const pass = `
local fence, term = tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[1])
if fence > term then return redis.error_reply('SUPERSEDED a leader of the later term ' .. fence .. ' writes here') end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ${fenceSeconds})`;

/** Returns whether the entry that this writer added last is still there, and the id of the one it adds last now. */
const addScript = `${pass}
local whole, last = 0, false
if ARGV[2] ~= '' and #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) == 1 then whole = 1 end
for i = 3, #ARGV do last = redis.call('XADD', KEYS[1], '*', '${tokenField}', ARGV[i]) end
return {whole, last}`;

const trimScript = `${pass}
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2])`;

/**
 * Opens a Redis stream to publish in. Rejects while the server is down; `compact` restores what the server has lost. A
 * second key beside the stream holds the term of the leader: the server refuses a leader that was replaced, in the same
 * step as its write.
 */
export async function openRedisFeedWriter(
  url: string,
  stream: string,
  { term = 1 }: FeedWriterOptions = {},
): Promise<FeedWriter> {
  const inTurn = createTurns();
  const { redis, ask, readyWithin } = connectRedis(url);
  await readyWithin(startMs);
  const keys = [stream, fenceKey(stream)];
  /** The id of the entry that was added last. */
  let last = '';
  let isWhole = false;

  async function add(tokens: readonly string[]): Promise<void> {
    const run = () => redis.eval(addScript, keys.length, ...keys, term, last, ...tokens);
    const [wasWhole, added] = (await ask(run)) as [number, string];
    if (last !== '' && wasWhole !== 1) isWhole = false;
    last = added;
  }

  async function addAll(tokens: Iterable<string> | AsyncIterable<string>): Promise<void> {
    for await (const slice of slicesOf(tokens, sliceLength)) await inTurn(() => add(slice));
  }

  async function newestId(): Promise<string | undefined> {
    const [newest] = await ask(() => redis.xrevrange(stream, '+', '-', 'COUNT', 1));
    return newest?.[0];
  }

  return {
    isWhole: () => isWhole,
    async publish(tokens) {
      assertTokens(tokens);
      await addAll(tokens);
    },
    async compact(keep) {
      const before = await inTurn(newestId);
      last = '';
      isWhole = true;
      try {
        await addAll(assertEach(keep));
        await inTurn(async () => {
          // A server that has lost the stream assigns ids from its own clock: new entries could come before the old ones.
          const isLater = last === '' || before === undefined || isBefore(before, last);
          if (!isLater) isWhole = false;
          else if (before !== undefined) {
            await ask(() => redis.eval(trimScript, keys.length, ...keys, term, nextId(before)));
          }
        });
      } catch (error) {
        isWhole = false;
        throw error;
      }
    },
    close: () => inTurn(async () => redis.disconnect()),
  };
}

/** The key of the term, in the hash slot of the stream, for a server in cluster mode. */
function fenceKey(stream: string): string {
  return /\{.+\}/.test(stream) ? `${stream}:term` : `{${stream}}:term`;
}

async function* assertEach(tokens: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  for await (const token of tokens) {
    assertTokens([token]);
    yield token;
  }
}

/** Ids are `<milliseconds>-<number>`. */
function partsOf(id: string): readonly [ms: number, number: number] {
  const [ms = 0, number = 0] = id.split('-').map(Number);
  return [ms, number];
}

function isBefore(id: string, other: string): boolean {
  const [[ms, number], [otherMs, otherNumber]] = [partsOf(id), partsOf(other)];
  return ms < otherMs || (ms === otherMs && number < otherNumber);
}

function nextId(id: string): string {
  const [ms, number] = partsOf(id);
  return `${ms}-${number + 1}`;
}
