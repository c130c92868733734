import { setTimeout as delay } from 'node:timers/promises';

/** The answer to an order. */
export interface Placed {
  readonly id: string;
  readonly replayed: boolean;
}

/** Customers who order under load, each order with its own Idempotency-Key. */
export interface OrderLoad {
  /** The keys sent so far, each with the order of its answer, if there was one. */
  readonly keys: ReadonlyMap<string, string | undefined>;
  /** Places orders concurrently. Calls `cut` after `answers` orders, and then abandons the requests under way. */
  orderUntil(answers: number, cut: () => void): Promise<void>;
  /** Repeats a key until the answer is an order. */
  repeat(key: string): Promise<Placed>;
}

export interface OrderLoadOptions {
  /** The URL for orders. */
  readonly url: string;
  readonly accessToken: string;
  readonly items: readonly { productId: string; quantity: number }[];
  /** The number of concurrent orders. */
  readonly concurrency: number;
}

/** The most tries: the lease of a claim is 20 seconds, and Retry-After is 2 seconds. */
const maxTries = 20;

/** Creates the load, without sending any request yet. */
export function createOrderLoad({ url, accessToken, items, concurrency }: OrderLoadOptions): OrderLoad {
  const keys = new Map<string, string | undefined>();
  const body = JSON.stringify({ items });
  const send = async (key: string): Promise<{ answered: string; retryAfter: number; placed: Placed | undefined }> => {
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'idempotency-key': key }, body });
    const text = await answer.text();
    const replayed = answer.headers.get('idempotent-replayed') === 'true';
    return {
      answered: `${answer.status} ${text}`,
      retryAfter: Number(answer.headers.get('retry-after')),
      placed: answer.status === 201 ? { id: JSON.parse(text).id, replayed } : undefined,
    };
  };

  /**
   * Places the order of a key as a good client does. After 409 (the claim of a killed process) or 503 (an overloaded
   * machine) it waits for Retry-After and sends the same key again.
   */
  const place = async (key: string, isCut: () => boolean): Promise<Placed> => {
    for (let tries = 0; ; tries += 1) {
      const { answered, retryAfter, placed } = await send(key);
      if (placed !== undefined) return placed;
      if (isCut() || retryAfter === 0 || tries === maxTries) throw new Error(`an order was answered with ${answered}`);
      await delay(retryAfter * 1000);
    }
  };

  return {
    keys,
    async orderUntil(answers, cut) {
      let answered = 0;
      let isCut = false;
      const order = async (): Promise<void> => {
        while (!isCut) {
          const key = crypto.randomUUID();
          keys.set(key, undefined);
          try {
            keys.set(key, (await place(key, () => isCut)).id);
          } catch (error) {
            // The connection ended with the process; any other failure is an error.
            if (!isCut) throw error;
            return;
          }
          answered += 1;
          if (answered < answers || isCut) continue;
          isCut = true;
          cut();
        }
      };
      await Promise.all(Array.from({ length: concurrency }, order));
    },
    repeat: (key) => place(key, () => false),
  };
}
