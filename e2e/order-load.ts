import { setTimeout as delay } from 'node:timers/promises';

/** What an order was answered with. */
export interface Placed {
  readonly id: string;
  readonly replayed: boolean;
}

/** Customers who order under load, each order under an Idempotency-Key of its own. */
export interface OrderLoad {
  /** The keys sent so far, each with the order it was answered with, if it was answered. */
  readonly keys: ReadonlyMap<string, string | undefined>;
  /** Orders from several places at once. When `answers` orders are placed, `cut` is called, and what still runs is let go. */
  orderUntil(answers: number, cut: () => void): Promise<void>;
  /** Repeats a key until it is answered with an order. */
  repeat(key: string): Promise<Placed>;
}

export interface OrderLoadOptions {
  /** Where orders are placed. */
  readonly url: string;
  readonly accessToken: string;
  readonly items: readonly { productId: string; quantity: number }[];
  /** How many orders are under way at a time. */
  readonly concurrency: number;
}

/** A claim's lease is 20 seconds, and a client is told to come back after 2 of them. */
const maxTries = 20;

/** Makes the load; nothing is sent yet. */
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
   * Places the order of a key as a good client does: told to try again (409 while a claim outlives its process, 503 on a
   * machine under strain), it waits and sends the same key.
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
            // The connection went with the process; before that, nothing may fail for good.
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
