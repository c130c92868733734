import { createHash, randomUUID } from 'node:crypto';
import type { Order } from './order.ts';
import { OrderError } from './order-error.ts';

/** A key that a client sends with a request, so that repeating the request does not repeat its effect. */
export interface IdempotencyKey {
  readonly userId: string;
  readonly key: string;
}

/** The right to work on a key until the lease ends. */
export interface Claim extends IdempotencyKey {
  readonly claim: string;
}

/** What is known of a key that could not be claimed. */
export interface KnownKey {
  readonly requestHash: Uint8Array;
  /** The order it placed; absent while its request runs. */
  readonly answer: Order | undefined;
}

interface KeyLimit {
  /** Keys that were claimed before then do not count. */
  readonly forgottenBefore: Date;
  readonly keysPerUser: number;
}

export interface IdempotencyStore {
  /**
   * Claims a key that is new, forgotten, or whose lease ended with the same request; false otherwise. A new key is not
   * claimed for a user who has `keysPerUser` of them.
   */
  claimKey(claim: Claim & { requestHash: Uint8Array<ArrayBuffer>; at: Date; until: Date } & KeyLimit): Promise<boolean>;
  /** Whether a user has as many keys as a user may have. */
  hasAllKeys(limit: Pick<IdempotencyKey, 'userId'> & KeyLimit): Promise<boolean>;
  findKey(key: IdempotencyKey): Promise<KnownKey | undefined>;
  /** Gives up a claim, so that the key can be used again at once. */
  releaseKey(claim: Claim): Promise<void>;
}

export interface Idempotency {
  /**
   * Claims the key for this request, or finds the order that it placed before.
   *
   * @throws OrderError `key_reused` for another request under the same key, `key_in_use` while the first still runs,
   * `too_many_keys` when the user has as many as a user may have
   */
  begin(key: IdempotencyKey, request: unknown): Promise<{ claim: Claim } | { answer: Order }>;
  /** Gives up a claim whose request failed. */
  release(claim: Claim): Promise<void>;
}

export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  /** Longer than a request can take; a request that died with its process holds its key no longer. */
  readonly leaseSeconds: number;
  /** How long answers are kept. */
  readonly keepSeconds: number;
  /** How many keys of one user are kept at a time. */
  readonly keysPerUser: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The rules of idempotency keys. */
export function createIdempotency(options: IdempotencyOptions): Idempotency {
  const { store, leaseSeconds, keepSeconds, keysPerUser, now } = options;
  return {
    release: (claim) => store.releaseKey(claim),
    async begin(key, request) {
      const requestHash = new Uint8Array(createHash('sha256').update(JSON.stringify(request)).digest());
      const claim = { ...key, claim: randomUUID() };
      const at = (plusSeconds: number) => new Date((now() + plusSeconds) * 1000);
      const limit = { forgottenBefore: at(-keepSeconds), keysPerUser };
      const lease = { at: at(0), until: at(leaseSeconds), requestHash };
      if (await store.claimKey({ ...claim, ...lease, ...limit })) return { claim };
      const known = await store.findKey(key);
      if (known === undefined) {
        // The key was removed between the two queries, since its request just failed; or there is no room for it.
        const isFull = await store.hasAllKeys({ userId: key.userId, ...limit });
        throw new OrderError(isFull ? 'too_many_keys' : 'key_in_use');
      }
      if (Buffer.compare(known.requestHash, requestHash) !== 0) throw new OrderError('key_reused');
      if (known.answer === undefined) throw new OrderError('key_in_use');
      return { answer: known.answer };
    },
  };
}
