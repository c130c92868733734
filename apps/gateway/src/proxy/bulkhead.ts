export interface BulkheadOptions {
  /** The number of slots, and of requests that may wait for one. */
  readonly slots: number;
  readonly waiting: number;
  /** The longest time to wait for a slot. */
  readonly waitMs: number;
  /** The bounds of both for one client; no bounds by default. */
  readonly perClient?: { readonly slots: number; readonly waiting: number };
}

/** Bounds the requests at a slow service, and those of one client among them, so that they do not block others. */
export interface Bulkhead {
  /**
   * Takes a slot. Returns `undefined` when one was free, and otherwise a promise that resolves once one is.
   *
   * @param client the holder of the slot, such as an address block; without it, the bounds per client do not apply
   * @throws BulkheadFull, also later
   */
  enter(client?: string): Promise<void> | undefined;
  /** Frees a slot that `enter` took for this client. */
  leave(client?: string): void;
}

/** The error of a request for which no slot was free in time. */
export class BulkheadFull extends Error {
  override readonly name = 'BulkheadFull';
}

interface Waiting {
  readonly client: string | undefined;
  readonly admit: () => void;
}

/** Creates a bulkhead with all slots free. */
export function createBulkhead({ slots, waiting, waitMs, perClient }: BulkheadOptions): Bulkhead {
  /** The waiting requests in order of arrival. Those that gave up are removed from the middle. */
  const queue = new Set<Waiting>();
  const [taken, queued] = [createCounts(), createCounts()];

  const mayEnter = (client: string | undefined) =>
    taken.all() < slots && taken.of(client) < (perClient?.slots ?? slots);
  const mayWait = (client: string | undefined) =>
    queued.all() < waiting && queued.of(client) < (perClient?.waiting ?? waiting);

  function wait(client: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        queue.delete(entry);
        queued.add(client, -1);
      };
      const entry: Waiting = {
        client,
        admit() {
          stop();
          taken.add(client, 1);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        stop();
        reject(new BulkheadFull(`no slot within ${waitMs} ms`));
      }, waitMs);
      queue.add(entry);
      queued.add(client, 1);
    });
  }

  return {
    enter(client) {
      if (mayEnter(client)) {
        taken.add(client, 1);
        return undefined;
      }
      if (!mayWait(client)) throw new BulkheadFull('no slot is free and the queue is full');
      return wait(client);
    },
    leave(client) {
      taken.add(client, -1);
      // A client at its own limit does not delay other clients.
      for (const entry of queue) if (mayEnter(entry.client)) return entry.admit();
    },
  };
}

/** Creates counts for all clients together and for each named client. */
function createCounts() {
  const byClient = new Map<string, number>();
  let total = 0;
  return {
    all: () => total,
    of: (client: string | undefined) => (client === undefined ? 0 : (byClient.get(client) ?? 0)),
    add(client: string | undefined, change: 1 | -1): void {
      total += change;
      if (client === undefined) return;
      const count = (byClient.get(client) ?? 0) + change;
      if (count === 0) byClient.delete(client);
      else byClient.set(client, count);
    },
  };
}
