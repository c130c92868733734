import type { MetricsDocument } from '@auth/http';
import type { CompareStack } from './compare-stack.ts';

/** What is counted: requests to the user app, commands to Redis, and transactions in each database. */
const names = ['userRequests', 'redisCommands', 'product', 'gateway', 'shared', 'user'] as const;
export type CountName = (typeof names)[number];
export type StoreCounts = Readonly<Record<CountName, number>>;

/** One value for each count. */
export function perCount(make: (name: CountName) => number): StoreCounts {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as StoreCounts;
}

/** Reads what the user app and the stores have been asked so far. */
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
