import type { FeedReader, FeedReaderOptions, FeedWriter } from './feed.ts';
import { parseFeedUrl } from './feed-url.ts';
import { openFileFeedReader } from './file-feed-reader.ts';
import { openFileFeedWriter } from './file-feed-writer.ts';
import { openRedisFeedReader } from './redis-feed-reader.ts';
import { openRedisFeedWriter } from './redis-feed-writer.ts';

/** Opens a feed to publish in, by its URL. @throws TypeError as `parseFeedUrl`; the error of the file that cannot be opened */
export async function openFeedWriter(url: string): Promise<FeedWriter> {
  const place = parseFeedUrl(url);
  return place.transport === 'file' ? openFileFeedWriter(place.path) : openRedisFeedWriter(place.url, place.stream);
}

/** Begins to read a feed, by its URL. @throws TypeError as `parseFeedUrl` */
export function openFeedReader(url: string, options: FeedReaderOptions): FeedReader {
  const place = parseFeedUrl(url);
  return place.transport === 'file'
    ? openFileFeedReader(place.path, options)
    : openRedisFeedReader(place.url, place.stream, options);
}
