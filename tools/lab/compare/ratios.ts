import { ratioOf, type Spread } from '../measure/spread.ts';
import { wholeCost } from './meters.ts';
import type { Turn, Turns } from './rounds.ts';

/** The most that a request with a bearer token may cost, in proportion to one with a shared session in Redis. */
export const limit = 1;

/**
 * The cost of a bearer token that the service verifies, in proportion to a shared session in Redis: processor time of all
 * processes that work for a request. `undefined` without Redis.
 */
export function bearerBesideRedis(turns: Turns): Spread | undefined {
  return turns.has('shared-redis') ? ratioOf(costsOf(turns, 'bearer'), costsOf(turns, 'shared-redis')) : undefined;
}

/** Whether a bearer token costs no more than the limit allows; `true` without Redis. */
export function isWithinLimit(turns: Turns): boolean {
  const ratio = bearerBesideRedis(turns);
  return ratio === undefined || ratio.median <= limit;
}

/** The processor time of a request through a gateway, in proportion to the plain proxy of the same round. */
export interface Overhead {
  readonly key: string;
  /** Of all processes that work for the request. */
  readonly whole: Spread;
  /** Of the gateway's process. */
  readonly alone: Spread;
}

/** The overhead of each gateway that was measured. */
export function overheadsOf(turns: Turns): readonly Overhead[] {
  const door = ({ cost }: Turn) => cost.door;
  return [...turns.keys()]
    .filter((key) => key.startsWith('gateway-'))
    .map((key) => ({
      key,
      whole: ratioOf(costsOf(turns, key), costsOf(turns, 'plain-proxy')),
      alone: ratioOf(costsOf(turns, key, door), costsOf(turns, 'plain-proxy', door)),
    }));
}

function costsOf(turns: Turns, key: string, read = (turn: Turn) => wholeCost(turn.cost)): number[] {
  return (turns.get(key) ?? []).map(read);
}
