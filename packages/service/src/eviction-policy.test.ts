import { Writable } from 'node:stream';
import { createLog } from '@auth/http';
import { hasRedisServer, type RedisServer, skipsWithoutRedis, startRedisServer } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { warnOfEviction } from './eviction-policy.ts';

// Starts its own server, since this test changes the configuration.
const isSkipped = skipsWithoutRedis('the eviction policy of a redis-server', hasRedisServer());

(isSkipped ? describe.skip : describe)('warnOfEviction', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedisServer();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** Returns the level and policy of each log line about a server. */
  async function linesAbout(client: Redis): Promise<{ level: string; policy?: string }[]> {
    const lines: string[] = [];
    const destination = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    await warnOfEviction(client, { log: createLog({ service: 't', level: 'debug', format: 'json', destination }) });
    return lines.map((line) => JSON.parse(line));
  }

  it.each(['allkeys-lru', 'volatile-ttl'])('warns of %s, which may evict a used token', async (policy) => {
    await redis.config('SET', 'maxmemory-policy', policy);
    expect(await linesAbout(redis)).toMatchObject([{ level: 'warn', policy }]);
  });

  it('does not warn of noeviction', async () => {
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    expect(await linesAbout(redis)).toEqual([]);
  });

  it('does not warn when the server refuses the query', async () => {
    await redis.acl('SETUSER', 'limited', 'on', '>word', '~*', '+ping');
    const { host } = new URL(server.url);
    const limited = new Redis(`redis://limited:word@${host}`, { enableReadyCheck: false });
    expect(await linesAbout(limited)).toMatchObject([{ level: 'debug' }]);
    limited.disconnect();
  });
});
