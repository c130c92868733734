import { cpuSecondsOf } from '../measure/cpu-time.ts';
import type { LoggedProcess } from '../measure/logged-process.ts';
import type { CompareStack } from './compare-stack.ts';

/** Those whose processor time is told apart: the door is the gateway or the proxy of a variant. */
export const parts = ['service', 'door', 'user', 'postgres', 'redis'] as const;
export type Part = (typeof parts)[number];
/** Processor time of each part. */
export type CpuTimes = Readonly<Record<Part, number>>;

/** Reads the processor time so far of everything behind a request, in seconds. */
export async function readCpu(stack: CompareStack, door: LoggedProcess | undefined): Promise<CpuTimes> {
  return {
    service: cpuSecondsOf(stack.shop.pid),
    door: door === undefined ? 0 : cpuSecondsOf(door.pid),
    user: cpuSecondsOf(stack.user().pid),
    postgres: stack.postgres.cpuSeconds(),
    redis: (await stack.redis?.read())?.cpuSeconds ?? 0,
  };
}

/** One value for each part. */
export function perPart(make: (part: Part) => number): CpuTimes {
  return Object.fromEntries(parts.map((part) => [part, make(part)])) as CpuTimes;
}

/** What all parts cost together. */
export function wholeCost(cost: CpuTimes): number {
  return parts.reduce((sum, part) => sum + cost[part], 0);
}
