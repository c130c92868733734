export interface BulkheadOptions {
  /** How many may be in at a time, and how many may wait for that. */
  readonly places: number;
  readonly waiting: number;
  /** How long one may wait. */
  readonly waitMs: number;
}

/** Keeps one slow service from holding more than its share. */
export interface Bulkhead {
  /** Takes a place: `undefined` when there was one, else what resolves once there is. @throws BulkheadFull, also later. */
  enter(): Promise<void> | undefined;
  /** Gives the place back. */
  leave(): void;
}

/** There was no place, and none became free in time. */
export class BulkheadFull extends Error {
  override readonly name = 'BulkheadFull';
}

/** Makes an empty one. */
export function createBulkhead({ places, waiting, waitMs }: BulkheadOptions): Bulkhead {
  /** First come, first served: a set keeps the order, and lets go of those that gave up. */
  const queue = new Set<() => void>();
  let taken = 0;
  return {
    enter() {
      if (taken < places) {
        taken += 1;
        return undefined;
      }
      if (queue.size >= waiting) throw new BulkheadFull('no place and no room to wait');
      return new Promise((resolve, reject) => {
        const admit = () => {
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(() => {
          queue.delete(admit);
          reject(new BulkheadFull(`no place within ${waitMs} ms`));
        }, waitMs);
        queue.add(admit);
      });
    },
    leave() {
      const [next] = queue;
      if (next === undefined) {
        taken -= 1;
        return;
      }
      queue.delete(next);
      next();
    },
  };
}
