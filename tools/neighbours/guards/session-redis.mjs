import { Redis } from 'ioredis';
import { sessionGuard } from './session.mjs';

/** A session in Redis, as JSON: one GET, batched within a turn of the event loop. */
export async function openGuard({ redisUrl, scope }) {
  const redis = new Redis(redisUrl, { lazyConnect: true, enableAutoPipelining: true });
  await redis.connect();
  const find = async (id) => {
    const session = await redis.get(id);
    return session === null ? undefined : JSON.parse(session);
  };
  return sessionGuard(find, scope);
}
