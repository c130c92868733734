export interface BulkheadOptions {
  /** How many may be in at a time, and how many may wait for that. */
  readonly places: number;
  readonly waiting: number;
  /** How long one may wait. */
  readonly waitMs: number;
  /** How many of both one client may have; all of them unless given. */
  readonly perClient?: { readonly places: number; readonly waiting: number };
}

/** Keeps one slow service from holding more than its share, and one client from holding all of that. */
export interface Bulkhead {
  /**
   * Takes a place: `undefined` when there was one, else what resolves once there is.
   *
   * @param client whose place it is, such as an address; without it no bound of one client applies
   * @throws BulkheadFull, also later
   */
  enter(client?: string): Promise<void> | undefined;
  /** Gives the place back that `enter` took for this client. */
  leave(client?: string): void;
}

/** There was no place, and none became free in time. */
export class BulkheadFull extends Error {
  override readonly name = 'BulkheadFull';
}

interface Waiting {
  readonly client: string | undefined;
  readonly admit: () => void;
}

/** Makes an empty one. */
export function createBulkhead({ places, waiting, waitMs, perClient }: BulkheadOptions): Bulkhead {
  /** First come, first served: a set keeps the order, and lets go of those that gave up. */
  const queue = new Set<Waiting>();
  const [taken, queued] = [createCounts(), createCounts()];

  const mayEnter = (client: string | undefined) =>
    taken.all() < places && taken.of(client) < (perClient?.places ?? places);
  const mayWait = (client: string | undefined) =>
    queued.all() < waiting && queued.of(client) < (perClient?.waiting ?? waiting);

  function wait(client: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        queue.delete(one);
        queued.add(client, -1);
      };
      const one: Waiting = {
        client,
        admit() {
          stop();
          taken.add(client, 1);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        stop();
        reject(new BulkheadFull(`no place within ${waitMs} ms`));
      }, waitMs);
      queue.add(one);
      queued.add(client, 1);
    });
  }

  return {
    enter(client) {
      if (mayEnter(client)) {
        taken.add(client, 1);
        return undefined;
      }
      if (!mayWait(client)) throw new BulkheadFull('no place and no room to wait');
      return wait(client);
    },
    leave(client) {
      taken.add(client, -1);
      // A client at its own limit does not delay other clients.
      for (const one of queue) if (mayEnter(one.client)) return one.admit();
    },
  };
}

/** Counts for all clients together, and for each that is named. */
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
