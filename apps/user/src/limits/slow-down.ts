import { UserError } from '../user-error.ts';
import { assertNotGone } from './client.ts';

/** Each try above the limit takes so much longer than the one before, and none longer than the maximum. */
const stepMs = 100;
const maxMs = 5000;
/** Tries that wait at a time: each of them holds a connection. */
const capacity = 1000;

/** Waits; resolves early when the signal is aborted. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<unknown>;

export interface SlowedTry {
  /** The number of tries at this account above the limit. */
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
 * Delays tries above a limit instead of refusing them: a refusal would let any client lock the owner of an account out.
 * When all places are taken, a client without a wrong guess takes the place of one with some.
 *
 * @throws UserError `too_busy` without a place
 * @throws ClientGoneError when the client did not wait
 */
export function createSlowDown(delay: Delay): (slowed: SlowedTry) => Promise<void> {
  const places = new Set<Waiting>();

  function makeRoom(ownGuesses: number): void {
    if (places.size < capacity) return;
    const other = ownGuesses > 0 ? undefined : [...places].find((waiting) => waiting.ownGuesses > 0);
    if (other === undefined) throw busy();
    places.delete(other);
    other.evict();
  }

  return async ({ above, ownGuesses, signal }) => {
    if (above <= 0) return;
    makeRoom(ownGuesses);
    const evicted = new AbortController();
    const place = { ownGuesses, evict: () => evicted.abort() };
    places.add(place);
    try {
      await delay(
        Math.min(above * stepMs, maxMs),
        signal === undefined ? evicted.signal : AbortSignal.any([signal, evicted.signal]),
      );
    } finally {
      places.delete(place);
    }
    assertNotGone(signal);
    if (evicted.signal.aborted) throw busy();
  };
}

function busy(): UserError {
  return new UserError('too_busy', 'too many logins are made to wait');
}
