import { createHash, randomUUID } from 'node:crypto';
import type { Order } from './order.ts';
import { OrderError } from './order-error.ts';

/** An idempotency key: retries of a request send the same key, and the effect happens once. */
export interface IdempotencyKey {
  readonly userId: string;
  readonly key: string;
}

/** A claimed key: the right to process its request until the lease ends. */
export interface Claim extends IdempotencyKey {
  readonly claimId: string;
}

/** The stored state of a key that could not be claimed. */
export interface KnownKey {
  readonly requestHash: Uint8Array;
  /** The order that was placed with the key; `undefined` while its request is running. */
  readonly answer: Order | undefined;
}

interface KeyLimit {
  /** Keys that were claimed before this time are expired and do not count. */
  readonly expiredBefore: Date;
  readonly keysPerUser: number;
}

export interface IdempotencyStore {
  /**
   * Claims a key and returns whether it was claimed. A key can be claimed when it is new, when it has expired, or when
   * the lease of the same request ended without an answer. A new key is not claimed when the user already has
   * `keysPerUser` keys.
   */
  claimKey(claim: Claim & { requestHash: Uint8Array<ArrayBuffer>; at: Date; until: Date } & KeyLimit): Promise<boolean>;
  /** Returns whether the user has reached `keysPerUser`. */
  hasReachedLimit(limit: Pick<IdempotencyKey, 'userId'> & KeyLimit): Promise<boolean>;
  findKey(key: IdempotencyKey): Promise<KnownKey | undefined>;
  /** Releases a claim, so that the key can be claimed again at once. */
  releaseKey(claim: Claim): Promise<void>;
}

export interface Idempotency {
  /**
   * Claims the key for a request, or returns the order that was placed with the key before.
   *
   * @throws OrderError `key_reused` when the key was used for another request, `key_in_use` while the first request is
   *   running, `too_many_keys` when the user has reached the limit
   */
  begin(key: IdempotencyKey, request: unknown): Promise<{ claim: Claim } | { answer: Order }>;
  /** Releases the claim of a failed request. */
  release(claim: Claim): Promise<void>;
}

export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  /**
   * The lease of a claim: longer than the slowest request. When the lease ends, a retry can claim the key of a request
   * whose process died.
   */
  readonly leaseSeconds: number;
  /** How long keys and their answers are kept. */
  readonly keepSeconds: number;
  /** How many keys of one user are kept at a time. */
  readonly keysPerUser: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Creates the rules of idempotency keys. */
export function createIdempotency(options: IdempotencyOptions): Idempotency {
  const { store, leaseSeconds, keepSeconds, keysPerUser, now } = options;
  return {
    release: (claim) => store.releaseKey(claim),
    async begin(key, request) {
      const requestHash = new Uint8Array(createHash('sha256').update(JSON.stringify(request)).digest());
      const claim = { ...key, claimId: randomUUID() };
      const at = (plusSeconds: number) => new Date((now() + plusSeconds) * 1000);
      const limit = { expiredBefore: at(-keepSeconds), keysPerUser };
      const lease = { at: at(0), until: at(leaseSeconds), requestHash };
      if (await store.claimKey({ ...claim, ...lease, ...limit })) return { claim };
      const known = await store.findKey(key);
      if (known === undefined) {
        // Either the key was released between the two queries, because its request failed, or the user has reached the
        // limit.
        const isFull = await store.hasReachedLimit({ userId: key.userId, ...limit });
        throw new OrderError(isFull ? 'too_many_keys' : 'key_in_use');
      }
      if (Buffer.compare(known.requestHash, requestHash) !== 0) throw new OrderError('key_reused');
      if (known.answer === undefined) throw new OrderError('key_in_use');
      return { answer: known.answer };
    },
  };
}
