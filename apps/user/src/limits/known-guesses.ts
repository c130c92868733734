import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';
import type { Counter, Limit, Memory, RateLimitStore } from './rate-limit.ts';

/** A secret that a client tried. */
export interface Guess {
  /** The block of addresses of the client. */
  readonly from: string;
  /** The account it was tried at; empty where the secret alone is looked up. */
  readonly account: string;
  readonly secret: string;
  /** What the secret was compared with: when that changes, a guess is no longer known to be wrong. */
  readonly against: string;
}

/**
 * Wrong guesses, remembered for a while so that the same guess is not counted again: a device that keeps sending an old
 * password learns nothing by it. Remembered per client, so that no client learns what others tried.
 */
export interface KnownGuesses {
  /**
   * Whether a guess is known to be wrong, and its client has used up its repeated checks. Until then the guess is checked
   * again, so that its answer takes as long as any other.
   */
  isSpent(guess: Guess): Promise<boolean>;
  /** Remembers a guess that was found to be wrong; false when it was known already. */
  add(guess: Guess): Promise<boolean>;
}

interface KnownGuessesOptions {
  readonly memory: Memory;
  /** The key of the HMAC of guesses. Replicas with the same key share their known guesses. */
  readonly key: KeyObject;
  /** How many known guesses of one client are checked again; without it all of them. */
  readonly repeats?: { readonly limit: Limit; readonly counter: Counter } | undefined;
}

/** Creates the store. A wrong guess may be the right password with a typing error, so only an HMAC of it is stored. */
function createKnownGuesses({ memory, key, repeats }: KnownGuessesOptions): KnownGuesses {
  const digest = ({ from, account, secret, against }: Guess) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['known guess', from, account, secret, against]))
      .digest('base64url');

  return {
    async isSpent(guess) {
      if (repeats === undefined || repeats.limit.tries === 0 || !(await memory.has(digest(guess)))) return false;
      return (await repeats.counter.read(guess.from)).tries >= repeats.limit.tries;
    },
    async add(guess) {
      const isNew = await memory.add(digest(guess));
      if (!isNew) await repeats?.counter.count(guess.from);
      return isNew;
    },
  };
}

/** Opens the known guesses of a service, for refreshes and for logins, in its store of limits. */
export function openKnownGuesses(
  store: RateLimitStore,
  { key, windowSeconds, loginsPerAddress }: { key: KeyObject; windowSeconds: number; loginsPerAddress: number },
) {
  const memory = store.memory('known-guess', windowSeconds);
  const limit = { name: 'repeated-guess', tries: loginsPerAddress, windowSeconds };
  return {
    ofRefreshes: createKnownGuesses({ memory, key }),
    ofLogins: createKnownGuesses({ memory, key, repeats: { limit, counter: store.counter(limit) } }),
  };
}
