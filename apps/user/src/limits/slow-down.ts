import { UserError } from '../user-error.ts';
import { assertNotGone } from './client.ts';

/** The delay of the first attempt above the limit, and of each further one in addition. */
const stepMs = 100;
const maxMs = 5000;
/** How many attempts are delayed at a time: each of them holds a connection. */
const capacity = 1000;

/** Waits; resolves early when the signal is aborted. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<unknown>;

export interface SlowedAttempt {
  /** The number of attempts at this account above the limit. */
  readonly above: number;
  /** Wrong guesses of this client at this account. */
  readonly ownGuesses: number;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal | undefined;
}

interface Waiting {
  readonly ownGuesses: number;
  readonly evict: () => void;
}

/**
 * Creates a function that delays attempts above a limit instead of refusing them: with a refusal, any client could lock
 * the owner of an account out. When all slots are taken, a client without a wrong guess takes the slot of one with some.
 *
 * @throws UserError `too_busy` without a slot
 * @throws ClientGoneError when the client did not wait
 */
export function createSlowDown(delay: Delay): (attempt: SlowedAttempt) => Promise<void> {
  const slots = new Set<Waiting>();

  function makeRoom(ownGuesses: number): void {
    if (slots.size < capacity) return;
    const other = ownGuesses > 0 ? undefined : [...slots].find((waiting) => waiting.ownGuesses > 0);
    if (other === undefined) throw busy();
    slots.delete(other);
    other.evict();
  }

  return async ({ above, ownGuesses, signal }) => {
    if (above <= 0) return;
    makeRoom(ownGuesses);
    const evicted = new AbortController();
    const slot = { ownGuesses, evict: () => evicted.abort() };
    slots.add(slot);
    try {
      await delay(
        Math.min(above * stepMs, maxMs),
        signal === undefined ? evicted.signal : AbortSignal.any([signal, evicted.signal]),
      );
    } finally {
      slots.delete(slot);
    }
    assertNotGone(signal);
    if (evicted.signal.aborted) throw busy();
  };
}

function busy(): UserError {
  return new UserError('too_busy', 'too many logins are delayed');
}
