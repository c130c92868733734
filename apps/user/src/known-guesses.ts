import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';
import type { Memory } from './rate-limit.ts';

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
 * Wrong guesses, remembered for a while so that the same one again is not counted again: a device that goes on sending
 * an old password learns nothing by it. Remembered per client: nobody learns what was tried elsewhere.
 */
export interface KnownGuesses {
  /** Whether this guess is known to be wrong. */
  has(guess: Guess): Promise<boolean>;
  /** Remembers a wrong guess; false when it was known already. */
  add(guess: Guess): Promise<boolean>;
}

/**
 * Creates it. A wrong guess may be the right password with a slip in it, so only an HMAC of it is kept.
 *
 * @param options `key`: replicas with the same key know each other's
 */
export function createKnownGuesses({ memory, key }: { memory: Memory; key: KeyObject }): KnownGuesses {
  const digest = ({ from, account, secret, against }: Guess) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['known guess', from, account, secret, against]))
      .digest('base64url');
  return {
    has: (guess) => memory.has(digest(guess)),
    add: (guess) => memory.add(digest(guess)),
  };
}
