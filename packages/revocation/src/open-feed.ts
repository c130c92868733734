import type { FeedReader, FeedReaderOptions, FeedWriter, FeedWriterOptions } from './feed.ts';
import { parseFeedUrl } from './feed-url.ts';
import { openFileFeedReader } from './file-feed-reader.ts';
import { openFileFeedWriter } from './file-feed-writer.ts';
import { openRedisFeedReader } from './redis-feed-reader.ts';
import { openRedisFeedWriter } from './redis-feed-writer.ts';

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

/** Begins to read a feed, by its URL. @throws TypeError as `parseFeedUrl` */
export function openFeedReader(url: string, options: FeedReaderOptions): FeedReader {
  const place = parseFeedUrl(url);
  return place.transport === 'file'
    ? openFileFeedReader(place.path, options)
    : openRedisFeedReader(place.url, place.stream, options);
}
