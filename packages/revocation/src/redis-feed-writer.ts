import { assertTokens, createTurns, type FeedWriter, type FeedWriterOptions, slicesOf } from './feed.ts';
import { connectRedis } from './redis-connection.ts';
import { isBefore, partsOf, tokenField } from './redis-feed-reader.ts';

/** The number of tokens sent at a time, so that the server and this process can do other work in between. */
const sliceLength = 100;
const startMs = 2000;
/** The life of the fence after the last write of its term. */
const fenceSeconds = 600;

/** Lua: refuses a writer of an earlier term, and otherwise moves the fence to this term. */
const pass = `
local fence, term = tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[1])
if fence > term then return redis.error_reply('SUPERSEDED a leader of the later term ' .. fence .. ' writes here') end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ${fenceSeconds})`;

/** Lua: returns whether the entry that this writer added last is still there, and the id of the last new entry. */
const addScript = `${pass}
local whole, last = 0, false
if ARGV[2] ~= '' and #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) == 1 then whole = 1 end
for i = 3, #ARGV do last = redis.call('XADD', KEYS[1], '*', '${tokenField}', ARGV[i]) end
return {whole, last}`;

const trimScript = `${pass}
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2])`;

/**
 * Opens a Redis stream to publish to. Writes are rejected while the server is down; `compact` restores what the server has
 * lost. A second key beside the stream holds the term of the leader: the server refuses the write of a replaced leader in
 * the same step.
 */
export async function openRedisFeedWriter(
  url: string,
  stream: string,
  { term = 1 }: FeedWriterOptions = {},
): Promise<FeedWriter> {
  const inTurn = createTurns();
  const { redis, run, readyWithin } = connectRedis(url);
  await readyWithin(startMs);
  const keys = [stream, fenceKey(stream)];
  /** The id of the entry that was added last. */
  let last = '';
  let isWhole = false;

  async function add(tokens: readonly string[]): Promise<void> {
    const script = () => redis.eval(addScript, keys.length, ...keys, term, last, ...tokens);
    const [wasWhole, added] = (await run(script)) as [number, string];
    if (last !== '' && wasWhole !== 1) isWhole = false;
    last = added;
  }

  async function addAll(tokens: Iterable<string> | AsyncIterable<string>): Promise<void> {
    for await (const slice of slicesOf(tokens, sliceLength)) await inTurn(() => add(slice));
  }

  async function newestId(): Promise<string | undefined> {
    const [newest] = await run(() => redis.xrevrange(stream, '+', '-', 'COUNT', 1));
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
          // A server that has lost the stream assigns ids from its own clock, which may be below the old ones.
          const isLater = last === '' || before === undefined || isBefore(before, last);
          if (!isLater) isWhole = false;
          else if (before !== undefined) {
            await run(() => redis.eval(trimScript, keys.length, ...keys, term, nextId(before)));
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

/** Names the key of the term. The same hash slot as the stream's, for a server in cluster mode. */
function fenceKey(stream: string): string {
  return /\{.+\}/.test(stream) ? `${stream}:term` : `{${stream}}:term`;
}

async function* assertEach(tokens: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  for await (const token of tokens) {
    assertTokens([token]);
    yield token;
  }
}

function nextId(id: string): string {
  const [ms, number] = partsOf(id);
  return `${ms}-${number + 1}`;
}
