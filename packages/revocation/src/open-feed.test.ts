import { describe, expect, it } from '@jest/globals';
import { parseFeedUrl } from './open-feed.ts';

describe('parseFeedUrl', () => {
  it.each([
    ['file:/var/lib/feed.log', { transport: 'file', path: '/var/lib/feed.log' }],
    ['file:///var/lib/feed.log', { transport: 'file', path: '/var/lib/feed.log' }],
    ['file:/with%20space/feed.log', { transport: 'file', path: '/with space/feed.log' }],
    ['redis://r:6379/0', { transport: 'redis', url: 'redis://r:6379/0', stream: 'auth:revocations' }],
    ['rediss://u:p@r?stream=mine', { transport: 'redis', url: 'rediss://u:p@r', stream: 'mine' }],
  ])('reads %s', (text, place) => {
    expect(parseFeedUrl(text)).toEqual(place);
  });

  it.each(['', 'none', '/var/feed.log', 'file:feed.log', 'file:./feed.log', 'file://host/feed.log', 'file:/dir/'])(
    'refuses %j',
    (text) => {
      expect(() => parseFeedUrl(text)).toThrow(TypeError);
    },
  );

  it.each(['redis://r?maxRetriesPerRequest=20', 'redis://r?stream=s&tls=x'])('refuses the parameters of %s', (text) => {
    expect(() => parseFeedUrl(text)).toThrow('a revocation feed in Redis has no parameters but stream and family');
  });

  it.each(['redis:', 'redis:///0', 'http://r:6379', 'kafka://secret@r'])(
    'refuses %j and does not repeat it',
    (text) => {
      expect(() => parseFeedUrl(text)).toThrow(
        /^a revocation feed is at file:\/path, redis:\/\/host or rediss:\/\/host$/,
      );
    },
  );
});
