import { setTimeout as delay } from 'node:timers/promises';
import type { MetricsDocument } from '@auth/http';
import { cpuSecondsOf } from '../measure/cpu-time.ts';
import type { LoggedProcess } from '../measure/logged-process.ts';
import type { CompareStack } from './compare-stack.ts';

/** The parts whose processor time is measured. The door of a variant is its gateway or proxy. */
export const parts = ['service', 'door', 'user', 'postgres', 'redis'] as const;
type Part = (typeof parts)[number];
export type CpuTimes = Readonly<Record<Part, number>>;

/** The counts: requests to the user app, commands to Redis, and transactions in each database. */
const countNames = ['userRequests', 'redisCommands', 'product', 'gateway', 'shared', 'user'] as const;
type CountName = (typeof countNames)[number];
export type StoreCounts = Readonly<Record<CountName, number>>;

/** Creates a value for each part. */
export function perPart(make: (part: Part) => number): CpuTimes {
  return Object.fromEntries(parts.map((part) => [part, make(part)])) as CpuTimes;
}

/** Creates a value for each count. */
export function perCount(make: (name: CountName) => number): StoreCounts {
  return Object.fromEntries(countNames.map((name) => [name, make(name)])) as StoreCounts;
}

/** The sum of all parts. */
export function wholeCost(cost: CpuTimes): number {
  return parts.reduce((sum, part) => sum + cost[part], 0);
}

/** Reads the processor time of each part so far, in seconds. */
export async function readCpu(stack: CompareStack, door: LoggedProcess | undefined): Promise<CpuTimes> {
  return {
    service: cpuSecondsOf(stack.shop.pid),
    door: door === undefined ? 0 : cpuSecondsOf(door.pid),
    user: cpuSecondsOf(stack.user().pid),
    postgres: stack.postgres.cpuSeconds(),
    redis: (await stack.redis?.read())?.cpuSeconds ?? 0,
  };
}

/** Reads the requests to the user app and the stores so far. */
export async function readStoreCounts({ postgres, redis, userMetrics }: CompareStack): Promise<StoreCounts> {
  return {
    product: await postgres.transactions('product'),
    gateway: await postgres.transactions('gateway'),
    shared: await postgres.transactions('shared'),
    user: await postgres.transactions('user'),
    redisCommands: (await redis?.read())?.commands ?? 0,
    userRequests: await userRequestsAt(userMetrics),
  };
}

/** The number of requests that the user app has answered, without probes and scrapes of its metrics. */
async function userRequestsAt(userMetrics: string): Promise<number> {
  const { metrics } = (await (await fetch(`${userMetrics}/metrics.json`)).json()) as MetricsDocument;
  return (metrics['http_requests_total'] ?? [])
    .filter(({ labels }) => !/^\/(?:livez|readyz|metrics)/.test(labels['route'] ?? ''))
    .reduce((sum, { value }) => sum + value, 0);
}

/** Heartbeats and background work, per second: subtracted from the cost of requests. */
export interface IdleRates {
  /** Seconds of processor time. */
  cpu(door: LoggedProcess | undefined): CpuTimes;
  readonly counts: StoreCounts;
}

/** An idle connection of Postgres reports its transactions after ten seconds; pools close theirs then. */
const settleMs = 10_500;

/** Measures what the processes do without any request. */
export async function measureIdle(
  stack: CompareStack,
  { doors, ms, signal }: { doors: readonly LoggedProcess[]; ms: number; signal: AbortSignal },
): Promise<IdleRates> {
  const seconds = ms / 1000;
  const all = [undefined, ...doors];
  await delay(settleMs, undefined, { signal });
  const readAll = () => Promise.all(all.map((door) => readCpu(stack, door)));
  const [cpuBefore, countsBefore] = [await readAll(), await readStoreCounts(stack)];
  await delay(ms, undefined, { signal });
  const [cpuAfter, countsAfter] = [await readAll(), await readStoreCounts(stack)];
  return {
    cpu(door) {
      const index = all.indexOf(door);
      const [before, after] = [cpuBefore[index], cpuAfter[index]];
      return perPart((part) => ((after?.[part] ?? 0) - (before?.[part] ?? 0)) / seconds);
    },
    counts: perCount((name) => (countsAfter[name] - countsBefore[name]) / seconds),
  };
}
