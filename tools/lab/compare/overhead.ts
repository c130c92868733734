import type { Spread } from '../measure/spread.ts';
import { ratioOf } from '../measure/spread.ts';
import { wholeCost } from './cpu-meter.ts';
import type { Turn } from './rounds.ts';

/** What a gateway costs beside a proxy that does nothing else. */
export interface Overhead {
  readonly key: string;
  /** Processor time of one request, in proportion: of everything that works for it. */
  readonly whole: Spread;
  /** Of the gateway's own process alone. */
  readonly alone: Spread;
}

/** The gateways that look a session up, in proportion to the plain proxy of the same run. */
export function overheadsOf(turns: ReadonlyMap<string, readonly Turn[]>): readonly Overhead[] {
  const wholeOf = (key: string) => (turns.get(key) ?? []).map(({ cost }) => wholeCost(cost));
  const aloneOf = (key: string) => (turns.get(key) ?? []).map(({ cost }) => cost.door);
  return [...turns.keys()]
    .filter((key) => key.startsWith('gateway-'))
    .map((key) => ({
      key,
      whole: ratioOf(wholeOf(key), wholeOf('plain-proxy')),
      alone: ratioOf(aloneOf(key), aloneOf('plain-proxy')),
    }));
}
