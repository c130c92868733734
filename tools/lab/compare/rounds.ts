import { percentile } from '../measure/latency.ts';
import type { ClientsOf } from './clients.ts';
import type { CompareStack } from './compare-stack.ts';
import type { CpuTimes } from './cpu-meter.ts';
import { perPart, readCpu } from './cpu-meter.ts';
import type { IdleRates } from './idle.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { Variant } from './variants.ts';

/** What one turn of a variant came to. */
export interface Turn {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of one request in microseconds, without what is used anyway. */
  readonly cost: CpuTimes;
}

export interface RoundsOptions {
  readonly stack: CompareStack;
  readonly load: LoadGenerator;
  readonly variants: readonly Variant[];
  readonly clients: ClientsOf;
  readonly idle: Pick<IdleRates, 'cpu'>;
  /** Requests a second that all variants are sent; as fast as they are answered unless given. */
  readonly perSecond?: number;
  readonly rounds: number;
  readonly turnMs: number;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Gives every variant a turn in every round, so that what else the machine does falls on all alike. Who comes first is
 * another one each time, and every second round goes backwards.
 */
export async function runRounds(options: RoundsOptions): Promise<ReadonlyMap<string, readonly Turn[]>> {
  const { stack, load, variants, clients, idle, perSecond, rounds, turnMs, tell, signal } = options;
  const turns = new Map(variants.map(({ key }): [string, Turn[]] => [key, []]));

  async function take(variant: Variant): Promise<Turn> {
    const { origin, path, door } = variant;
    const [before, started] = [await readCpu(stack, door), performance.now()];
    const { times, seconds } = await load.run({
      ...{ ask: { origin, path }, clients: clients(variant), perSecond, until: { ms: turnMs } },
    });
    const [after, lasted] = [await readCpu(stack, door), (performance.now() - started) / 1000];
    const anyway = idle.cpu(door);
    const cost = perPart((part) => {
      const used = after[part] - before[part] - anyway[part] * lasted;
      return (Math.max(0, used) * 1e6) / times.length;
    });
    const [p50Ms, p99Ms] = [percentile(times, 0.5), percentile(times, 0.99)];
    return { requests: times.length, perSecond: times.length / seconds, p50Ms, p99Ms, cost };
  }

  for (let round = 0; round < rounds; round += 1) {
    tell(`${perSecond === undefined ? 'load' : `load, ${perSecond} a second`}: round ${round + 1} of ${rounds}`);
    for (const variant of orderOf(variants, round)) {
      signal.throwIfAborted();
      turns.get(variant.key)?.push(await take(variant));
    }
  }
  return turns;
}

/** Another one comes first in each round, and every second round goes backwards. */
export function orderOf<T>(all: readonly T[], round: number): readonly T[] {
  const first = round % all.length;
  const turned = [...all.slice(first), ...all.slice(0, first)];
  return round % 2 === 0 ? turned : turned.reverse();
}
