import { randomFillSync } from 'node:crypto';

const idBytes = 16;
/** Random bytes for 128 ids. Filling it for many ids costs as much as for one. Node's `randomUUID` uses a pool too. */
const pool = Buffer.alloc(idBytes * 128);
let used = pool.length;

/** Creates an id of 128 random bits that cannot be guessed: 22 base64url characters. */
export function randomId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.toString('base64url', used, used + idBytes);
  // The bytes of a returned id are erased.
  pool.fill(0, used, used + idBytes);
  used += idBytes;
  return id;
}
