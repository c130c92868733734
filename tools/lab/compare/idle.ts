import { setTimeout as delay } from 'node:timers/promises';
import type { LoggedProcess } from '../measure/logged-process.ts';
import type { CompareStack } from './compare-stack.ts';
import type { CpuTimes } from './cpu-meter.ts';
import { perPart, readCpu } from './cpu-meter.ts';
import type { StoreCounts } from './store-counts.ts';
import { perCount, readStoreCounts } from './store-counts.ts';

/** What happens anyway while nobody asks for anything: each second. */
export interface IdleRates {
  /** In seconds of processor time. */
  cpu(door: LoggedProcess | undefined): CpuTimes;
  readonly counts: StoreCounts;
}

/** A connection of Postgres that has nothing to do reports what it has done after ten seconds; pools close theirs then. */
const settleMs = 10_500;

/** Watches for a while what is done without any request: heartbeats, background work. It is no request's cost. */
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
