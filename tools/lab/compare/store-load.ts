import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../measure/latency.ts';
import type { ClientsOf } from './clients.ts';
import type { CompareStack } from './compare-stack.ts';
import type { IdleRates } from './idle.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { ClientSession } from './sessions.ts';
import type { StoreCounts } from './store-counts.ts';
import { perCount, readStoreCounts } from './store-counts.ts';
import type { Variant } from './variants.ts';

/** What requests are for others, and for whoever waits for one alone. */
export interface StoreLoad {
  /** For a thousand requests. */
  readonly counts: StoreCounts;
  /** How long one takes that has the machine for itself: the middle one. */
  readonly aloneMs: number;
}

export interface StoreLoadOptions {
  readonly stack: CompareStack;
  readonly load: LoadGenerator;
  readonly variants: readonly Variant[];
  readonly clients: ClientsOf;
  readonly requests: number;
  /** What is done anyway: it is no request's cost. */
  readonly idle: Pick<IdleRates, 'counts'>;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A connection of Postgres reports what it has done with its first transaction after a second. */
const reportMs = 1100;
/** An app that works in the background uses another connection now and then. */
const atOnce = 4;

/**
 * Counts what reaches the user app and the stores, one request at a time: so each pool uses hardly more than one
 * connection, and a few requests a second later make those report everything.
 */
export async function countStoreLoad(options: StoreLoadOptions): Promise<ReadonlyMap<string, StoreLoad>> {
  const { stack, load, variants, clients, requests, idle, tell, signal } = options;
  const found = new Map<string, StoreLoad>();
  const send = async ({ origin, path }: Variant, headers: readonly ClientSession['headers'][], count: number) =>
    load.run({ ask: { origin, path }, clients: headers, until: { requests: count } });
  tell('one request at a time: what reaches the stores, and how long it takes');
  for (const variant of variants) {
    const [before, started] = [await readStoreCounts(stack), performance.now()];
    const { times } = await send(variant, clients(variant).slice(0, 1), requests - atOnce);
    await delay(reportMs, undefined, { signal });
    await send(variant, clients(variant).slice(0, atOnce), atOnce);
    const [after, seconds] = [await readStoreCounts(stack), (performance.now() - started) / 1000];
    const counts = perCount((name) => {
      const more = after[name] - before[name] - idle.counts[name] * seconds;
      return (Math.max(0, more) * 1000) / requests;
    });
    found.set(variant.key, { counts, aloneMs: percentile(times, 0.5) });
  }
  return found;
}
