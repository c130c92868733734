import { Redis } from 'ioredis';
import { sessionGuard } from './session.mjs';

/** A session in Redis: one GET, those of one turn of the event loop in one write. */
export async function openGuard({ redisUrl, scope }) {
  const redis = new Redis(redisUrl, { lazyConnect: true, enableAutoPipelining: true });
  await redis.connect();
  return [sessionGuard((id) => redis.get(id), scope)];
}
