import type { Standing } from './rate-limit.ts';
import { UserError } from './user-error.ts';

/** Each try above the limit takes so much longer than the one before, and none longer than the maximum. */
const stepMs = 100;
const maxMs = 5000;
/** Tries that wait at a time: each of them holds a connection. */
const capacity = 1000;

/**
 * Makes tries above a limit wait instead of refusing them: a refusal would let anybody shut the owner of an account out.
 *
 * @param delay waits so many milliseconds
 */
export function createSlowDown(
  delay: (ms: number) => Promise<void>,
): (standing: Standing | undefined) => Promise<void> {
  let waiting = 0;
  return async (standing) => {
    const above = standing === undefined ? 0 : standing.tries - standing.limit.tries;
    if (above <= 0) return;
    if (waiting >= capacity) throw new UserError('too_busy', 'too many logins are made to wait');
    waiting += 1;
    try {
      await delay(Math.min(above * stepMs, maxMs));
    } finally {
      waiting -= 1;
    }
  };
}
