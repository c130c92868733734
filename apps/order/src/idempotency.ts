import { createHash, randomUUID } from 'node:crypto';
import { OrderError } from './order-error.ts';
import type { Order } from './orders.ts';

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

export interface IdempotencyStore {
  /** Claims a key that is new, forgotten, or whose lease ended with the same request; false otherwise. */
  claimKey(
    claim: Claim & { requestHash: Uint8Array<ArrayBuffer>; at: Date; until: Date; forgottenBefore: Date },
  ): Promise<boolean>;
  findKey(key: IdempotencyKey): Promise<KnownKey | undefined>;
  /** Gives up a claim, so that the key can be used again at once. */
  releaseKey(claim: Claim): Promise<void>;
}

export interface Idempotency {
  /**
   * Claims the key for this request, or finds the order that it placed before.
   *
   * @throws OrderError `key_reused` for another request under the same key, `key_in_use` while the first still runs
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
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The rules of idempotency keys. */
export function createIdempotency({ store, leaseSeconds, keepSeconds, now }: IdempotencyOptions): Idempotency {
  return {
    release: (claim) => store.releaseKey(claim),
    async begin(key, request) {
      const requestHash = new Uint8Array(createHash('sha256').update(JSON.stringify(request)).digest());
      const claim = { ...key, claim: randomUUID() };
      const at = (plusSeconds: number) => new Date((now() + plusSeconds) * 1000);
      const lease = { at: at(0), until: at(leaseSeconds), forgottenBefore: at(-keepSeconds) };
      if (await store.claimKey({ ...claim, ...lease, requestHash })) return { claim };
      const known = await store.findKey(key);
      // Gone between the two looks: its request failed just now.
      if (known === undefined) throw new OrderError('key_in_use');
      if (Buffer.compare(known.requestHash, requestHash) !== 0) throw new OrderError('key_reused');
      if (known.answer === undefined) throw new OrderError('key_in_use');
      return { answer: known.answer };
    },
  };
}
