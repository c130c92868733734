import { fileURLToPath } from 'node:url';
import type { FeedReader, FeedReaderOptions, FeedWriter, FeedWriterOptions } from './feed.ts';
import { openFileFeedReader } from './file-feed-reader.ts';
import { openFileFeedWriter } from './file-feed-writer.ts';
import { openRedisFeedReader } from './redis-feed-reader.ts';
import { openRedisFeedWriter } from './redis-feed-writer.ts';

/** The place of a feed. */
export type FeedPlace =
  | { readonly transport: 'file'; readonly path: string }
  | { readonly transport: 'redis'; readonly url: string; readonly stream: string };

/**
 * Reads the URL of a feed: `file:/absolute/path`, or `redis://host:6379/0` and `rediss://…`, where `?stream=` names a key
 * other than `auth:revocations`.
 *
 * @throws TypeError for any other URL, which the message does not contain since it may hold a password
 */
export function parseFeedUrl(text: string): FeedPlace {
  if (!URL.canParse(text)) throw new TypeError('a revocation feed needs a URL: file:/path, redis://… or rediss://…');
  const url = new URL(text);
  if (url.protocol === 'file:') return { transport: 'file', path: parsePath(text, url) };
  if (!/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new TypeError('a revocation feed is at file:/path, redis://host or rediss://host');
  }
  const stream = url.searchParams.get('stream') ?? 'auth:revocations';
  url.searchParams.delete('stream');
  // ioredis would read other parameters as its own options.
  if ([...url.searchParams.keys()].some((name) => name !== 'family')) {
    throw new TypeError('a revocation feed in Redis has no parameters but stream and family');
  }
  return { transport: 'redis', url: url.href, stream };
}

function parsePath(text: string, url: URL): string {
  // A relative path would silently become an absolute one: the URL file:feed.log means /feed.log.
  if (
    !/^file:\//i.test(text) ||
    url.host !== '' ||
    url.search !== '' ||
    url.hash !== '' ||
    url.pathname.endsWith('/')
  ) {
    throw new TypeError('a revocation feed in a file needs an absolute path: file:/var/lib/auth/revocations.log');
  }
  return fileURLToPath(url);
}

/**
 * Opens the writer of a feed by its URL. A file or a server that cannot be used yet is retried at each call.
 *
 * @throws TypeError as `parseFeedUrl`
 */
export async function openFeedWriter(url: string, options: FeedWriterOptions = {}): Promise<FeedWriter> {
  const place = parseFeedUrl(url);
  return place.transport === 'file'
    ? openFileFeedWriter(place.path, options)
    : openRedisFeedWriter(place.url, place.stream, options);
}

/** Opens the reader of a feed by its URL. @throws TypeError as `parseFeedUrl` */
export function openFeedReader(url: string, options: FeedReaderOptions): FeedReader {
  const place = parseFeedUrl(url);
  return place.transport === 'file'
    ? openFileFeedReader(place.path, options)
    : openRedisFeedReader(place.url, place.stream, options);
}
