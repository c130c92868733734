import { isDecodable, redisUrlProblem } from './redis-url.ts';

export const notAFeed = 'is not none, file:/path, redis://host or rediss://host';

/**
 * Describes what is wrong with the URL of a feed, as `parseFeedUrl` of @auth/revocation does, which checks it again.
 */
export function feedUrlProblem(text: string): string | undefined {
  if (text === 'none') return undefined;
  if (!URL.canParse(text)) return notAFeed;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  if (/^rediss?:$/.test(protocol)) return hostname === '' ? notAFeed : redisUrlProblem(text, ['stream']);
  if (protocol !== 'file:' || hostname !== '' || !/^file:\//i.test(text) || pathname.endsWith('/')) return notAFeed;
  if (`${search}${hash}` !== '') return 'holds a ? or #: write it as %3F or %23';
  return isFilePath(pathname) ? undefined : 'holds an escape that no path has: write %25 for a % of its own';
}

/** Whether a path has no escaped slash, no escaped NUL, and no % that begins no escape. */
const isFilePath = (path: string): boolean => !/%(?:2f|00)|%(?![\da-f]{2})/i.test(path) && isDecodable(path);
