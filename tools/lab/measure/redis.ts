import { LaunchError } from '@auth/dev';
import { hasRedisServer, startRedisServer } from '@auth/testkit/redis-server';
import { Redis } from 'ioredis';

/** A Redis that is measured. */
export interface MeasuredRedis {
  readonly url: string;
  readonly version: string;
  /** Commands it has been sent so far by others than this reader, and its processor time in seconds. */
  read(): Promise<{ commands: number; cpuSeconds: number }>;
  close(): Promise<void>;
}

/** Opens the Redis of `url`, or starts one of our own; `undefined` where there is neither. */
export async function openMeasuredRedis(url: string | undefined): Promise<MeasuredRedis | undefined> {
  if (url !== undefined) return measured(url, async () => undefined);
  if (!hasRedisServer()) return undefined;
  const server = await startRedisServer();
  return measured(server.url, server.stop);
}

async function measured(url: string, stop: () => Promise<void>): Promise<MeasuredRedis> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  const close = async () => {
    redis.disconnect();
    await stop();
  };
  try {
    await redis.connect();
    const version = textOf(await redis.info('server'), 'redis_version');
    let asked = 0;
    const read = async () => {
      asked += 1;
      const info = await redis.info('everything');
      const number = (name: string) => Number(textOf(info, name));
      return {
        commands: number('total_commands_processed') - asked,
        cpuSeconds: number('used_cpu_user') + number('used_cpu_sys'),
      };
    };
    return { url, version, read, close };
  } catch (cause) {
    await close();
    throw new LaunchError(`REDIS_URL: no Redis answers at ${new URL(url).host}. Start it, or unset REDIS_URL`, {
      cause,
    });
  }
}

function textOf(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}
