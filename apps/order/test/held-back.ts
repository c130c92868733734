import { EventEmitter, once } from 'node:events';
import type { Catalog } from '../src/orders.ts';

/** A catalog that holds back its quotes. */
export interface HeldBack {
  readonly catalog: Catalog;
  /** Resolves when so many quotes were requested. */
  asked(count: number): Promise<void>;
  /** Releases the quotes. */
  release(): void;
}

/** Holds back the quotes of a catalog, so that a request that places an order keeps running. */
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
