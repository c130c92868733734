import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../measure/spread.ts';
import type { CompareStack } from './compare-stack.ts';
import type { LoadGenerator } from './load-generator.ts';
import { type IdleRates, perCount, readStoreCounts, type StoreCounts } from './meters.ts';
import type { ClientSession, ClientsOf } from './sessions.ts';
import type { Variant } from './variants.ts';

/** Requests to the user app and the stores, and the latency of a single request. */
export interface StoreLoad {
  /** Counts for 1000 requests. */
  readonly counts: StoreCounts;
  /** Median latency of a request while no other is sent. */
  readonly aloneMs: number;
}

export interface StoreLoadOptions {
  readonly stack: CompareStack;
  readonly load: LoadGenerator;
  readonly variants: readonly Variant[];
  readonly clients: ClientsOf;
  readonly requests: number;
  /** Counts of background work, which are subtracted. */
  readonly idle: Pick<IdleRates, 'counts'>;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A connection of Postgres reports its transactions at the first transaction that follows after a second. */
const reportMs = 1100;
/** Background work of an app may use another connection. */
const atOnce = 4;

/**
 * Counts the requests that reach the user app and the stores. Requests are sent one at a time, so that each pool uses
 * about one connection, and a few requests a second later make it report everything.
 */
export async function countStoreLoad(options: StoreLoadOptions): Promise<ReadonlyMap<string, StoreLoad>> {
  const { stack, load, variants, clients, requests, idle, progress, signal } = options;
  const found = new Map<string, StoreLoad>();
  const send = async ({ origin, path }: Variant, headers: readonly ClientSession['headers'][], count: number) =>
    load.run({ ask: { origin, path }, clients: headers, until: { requests: count } });
  progress('counting requests to the stores, one request at a time');
  for (const variant of variants) {
    const [before, started] = [await readStoreCounts(stack), performance.now()];
    const { times } = await send(variant, clients(variant).slice(0, 1), requests - atOnce);
    await delay(reportMs, undefined, { signal });
    await send(variant, clients(variant).slice(0, atOnce), atOnce);
    const [after, seconds] = [await readStoreCounts(stack), (performance.now() - started) / 1000];
    const counts = perCount((name) => {
      const count = after[name] - before[name] - idle.counts[name] * seconds;
      return (Math.max(0, count) * 1000) / requests;
    });
    found.set(variant.key, { counts, aloneMs: percentile(times, 0.5) });
  }
  return found;
}
