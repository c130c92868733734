import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { readConfig } from './config.ts';
import { redisUrlProblem } from './redis-url.ts';
import { ServerSettings } from './server-settings.ts';

/** Returns the error for a value of REVOCATIONS; `undefined` for a valid one. */
function feedProblem(REVOCATIONS: string): string | undefined {
  const result = z.object({ REVOCATIONS: ServerSettings.REVOCATIONS }).safeParse({ REVOCATIONS });
  return result.error?.issues[0]?.message;
}

describe('REDIS_URL', () => {
  it.each(['redis://r', 'REDISS://a:b@r:6380/1', 'redis://:p%40ss@[::1]:6379/', 'redis://r?family=6'])(
    'may be %s',
    (url) => {
      expect([redisUrlProblem(url), feedProblem(url)]).toEqual([undefined, undefined]);
    },
  );

  it.each([
    ['redis://u:horse%@r', 'holds a % that begins no escape: write it as %25'],
    ['redis://u:p@r/0#horse', 'holds a #: write it as %23'],
    ['redis://r/horse', 'has a path that is no number of a database: redis://host:6379/0'],
    ['redis://r?family=5', 'has a parameter that is not supported, family: say 0, 4 or 6'],
    ['redis://r?tls=true', 'has a parameter that is not supported, tls: say rediss://'],
    ['redis://r?enableOfflineQueue=true', 'has a parameter that is not supported, after the question mark: remove it'],
    ['redis://r?family=4&family=6', 'has a parameter twice, family: remove one'],
    ['redis:/r', 'is not a redis URL'],
  ])('may not be %s', (url, problem) => {
    expect(redisUrlProblem(url)).toBe(problem);
    expect(() => readConfig(z.object(ServerSettings), { PORT: '1', REDIS_URL: url })).toThrow(`REDIS_URL ${problem}. `);
  });

  it('refuses the parameters of a feed', () => {
    expect(redisUrlProblem('redis://r?stream=s')).toContain('stream: remove it');
  });
});

describe('REVOCATIONS', () => {
  it.each(['none', 'file:/var/lib/feed.log', 'FILE:///with%20space/feed', 'rediss://r/0?stream=s&family=6'])(
    'may be %s',
    (place) => {
      expect(feedProblem(place)).toBeUndefined();
    },
  );

  it.each([
    ['file:/feed?x', 'holds a ? or #: write it as %3F or %23'],
    ['file:/feed#x', 'holds a ? or #: write it as %3F or %23'],
    ['file:/a%2Fb', 'holds an escape that no path has: write %25 for a % of its own'],
    ['file:/100%', 'holds an escape that no path has: write %25 for a % of its own'],
    ['redis://r?stream=', 'has a parameter that is not supported, stream: remove it'],
    ['redis://r?maxRetriesPerRequest=20', 'has a parameter that is not supported, after the question mark: remove it'],
    ['file:feed.log', 'is not none, file:/path, redis://host or rediss://host'],
    ['NONE', 'is not none, file:/path, redis://host or rediss://host'],
  ])('may not be %s', (place, problem) => {
    expect(feedProblem(place)).toBe(problem);
  });
});
