import { randomFillSync } from 'node:crypto';

const idBytes = 16;
/** Random bytes cost as much for one id as for many: they are made for so many at a time, as `randomUUID` does. */
const pool = Buffer.alloc(idBytes * 128);
let used = pool.length;

/** Makes an id of 128 random bits that no one can guess: 22 base64url characters. */
export function randomId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.toString('base64url', used, used + idBytes);
  // What has been given out is not kept.
  pool.fill(0, used, used + idBytes);
  used += idBytes;
  return id;
}
