import type { Spread } from '../measure/spread.ts';
import { ratioOf } from '../measure/spread.ts';
import { wholeCost } from './cpu-meter.ts';
import type { Turn } from './rounds.ts';

/** The most that a request with a bearer token may cost, where one with a shared session in Redis costs 1. */
export const limit = 1;

/**
 * What a bearer token that the service verifies costs beside a shared session in Redis: processor time of everything that
 * works for a request. `undefined` where there is no Redis.
 */
export function bearerBesideRedis(turns: ReadonlyMap<string, readonly Turn[]>): Spread | undefined {
  const whole = (key: string) => turns.get(key)?.map(({ cost }) => wholeCost(cost));
  const [bearer = [], shared] = [whole('bearer'), whole('shared-redis')];
  return shared && ratioOf(bearer, shared);
}

/** Whether it costs no more than the limit allows. Without Redis there is nothing to judge. */
export function isWithinLimit(turns: ReadonlyMap<string, readonly Turn[]>): boolean {
  const ratio = bearerBesideRedis(turns);
  return ratio === undefined || ratio.median <= limit;
}
