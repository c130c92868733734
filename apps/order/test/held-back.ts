import { EventEmitter, once } from 'node:events';
import type { Catalog } from '../src/orders.ts';

/** A catalog whose quotes wait. */
export interface HeldBack {
  readonly catalog: Catalog;
  /** Resolves when it has been asked for so many quotes. */
  asked(count: number): Promise<void>;
  /** Gives out the quotes. */
  release(): void;
}

/** Holds a catalog back, so that a request that places an order stays under way. */
export function heldBack(catalog: Catalog): HeldBack {
  const events = new EventEmitter();
  const released = once(events, 'release');
  let count = 0;
  return {
    catalog: {
      async quote(items) {
        count += 1;
        events.emit('asked');
        await released;
        return catalog.quote(items);
      },
    },
    async asked(wanted) {
      while (count < wanted) await once(events, 'asked');
    },
    release: () => events.emit('release'),
  };
}
