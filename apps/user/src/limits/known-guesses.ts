import { createHmac, type KeyObject } from 'node:crypto';
import type { Counter, Limit, Memory, RateLimitStore } from './rate-limit.ts';

/** A secret that a client sent. */
export interface Guess {
  /** The address block of the client. */
  readonly addressBlock: string;
  /** The account of the login; empty when the secret alone is looked up. */
  readonly account: string;
  readonly secret: string;
  /** The value that the secret was compared with. After it changes, the guess is no longer known to be wrong. */
  readonly against: string;
}

/**
 * Wrong guesses, remembered for a while so that the same guess is counted once: a device that keeps sending an old
 * password learns nothing. They are remembered per client, so that no client learns what others sent.
 */
export interface KnownGuesses {
  /**
   * Whether a guess is known to be wrong and its client has used up its repeated checks. Before that the guess is checked
   * again, so that its answer takes as long as any other.
   */
  isUsedUp(guess: Guess): Promise<boolean>;
  /** Remembers a wrong guess; returns false when it was already known. */
  add(guess: Guess): Promise<boolean>;
}

interface KnownGuessesOptions {
  readonly memory: Memory;
  /** The key of the HMAC of guesses. Replicas with the same key share their known guesses. */
  readonly key: KeyObject;
  /** How many known guesses of one client are checked again; all of them when absent. */
  readonly repeats?: { readonly limit: Limit; readonly counter: Counter } | undefined;
}

/** Creates the memory of guesses. It stores HMACs only: a wrong guess may be the right password with a typing error. */
function createKnownGuesses({ memory, key, repeats }: KnownGuessesOptions): KnownGuesses {
  const digest = ({ addressBlock, account, secret, against }: Guess) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['known guess', addressBlock, account, secret, against]))
      .digest('base64url');

  return {
    async isUsedUp(guess) {
      if (repeats === undefined || repeats.limit.attempts === 0 || !(await memory.has(digest(guess)))) return false;
      return (await repeats.counter.read(guess.addressBlock)).attempts >= repeats.limit.attempts;
    },
    async add(guess) {
      const isNew = await memory.add(digest(guess));
      if (!isNew) await repeats?.counter.count(guess.addressBlock);
      return isNew;
    },
  };
}

/** Opens the known guesses of logins and of refreshes, in the store of the limits. */
export function openKnownGuesses(
  store: RateLimitStore,
  { key, windowSeconds, loginsPerAddress }: { key: KeyObject; windowSeconds: number; loginsPerAddress: number },
) {
  const memory = store.memory('known-guess', windowSeconds);
  const limit = { name: 'repeated-guess', attempts: loginsPerAddress, windowSeconds };
  return {
    ofRefreshes: createKnownGuesses({ memory, key }),
    ofLogins: createKnownGuesses({ memory, key, repeats: { limit, counter: store.counter(limit) } }),
  };
}
