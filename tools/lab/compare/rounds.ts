import { orderOf, percentile } from '../measure/spread.ts';
import type { CompareStack } from './compare-stack.ts';
import type { LoadGenerator } from './load-generator.ts';
import { type CpuTimes, type IdleRates, perPart, readCpu } from './meters.ts';
import type { ClientsOf } from './sessions.ts';
import type { Variant } from './variants.ts';

/** The result of one turn of a variant. */
export interface Turn {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of one request in microseconds, without background work. */
  readonly cost: CpuTimes;
}

/** The turns of each variant, by its key, in the order of the rounds. */
export type Turns = ReadonlyMap<string, readonly Turn[]>;

export interface RoundsOptions {
  readonly stack: CompareStack;
  readonly load: LoadGenerator;
  readonly variants: readonly Variant[];
  readonly clients: ClientsOf;
  readonly idle: Pick<IdleRates, 'cpu'>;
  /** Requests a second; without it, as fast as they are answered. */
  readonly perSecond?: number;
  readonly rounds: number;
  readonly turnMs: number;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Gives every variant a turn in every round, in changing order, so that a disturbance of the machine affects all alike. */
export async function runRounds(options: RoundsOptions): Promise<Turns> {
  const { stack, load, variants, clients, idle, perSecond, rounds, turnMs, progress, signal } = options;
  const turns = new Map(variants.map(({ key }): [string, Turn[]] => [key, []]));

  async function measureTurn(variant: Variant): Promise<Turn> {
    const { origin, path, door } = variant;
    const [before, started] = [await readCpu(stack, door), performance.now()];
    const until = { ms: turnMs };
    const { times, seconds } = await load.run({ ask: { origin, path }, clients: clients(variant), perSecond, until });
    const [after, lasted] = [await readCpu(stack, door), (performance.now() - started) / 1000];
    const background = idle.cpu(door);
    const cost = perPart((part) => {
      const used = after[part] - before[part] - background[part] * lasted;
      return (Math.max(0, used) * 1e6) / times.length;
    });
    const [p50Ms, p99Ms] = [percentile(times, 0.5), percentile(times, 0.99)];
    return { requests: times.length, perSecond: times.length / seconds, p50Ms, p99Ms, cost };
  }

  for (let round = 0; round < rounds; round += 1) {
    progress(`${perSecond === undefined ? 'load' : `load, ${perSecond} a second`}: round ${round + 1} of ${rounds}`);
    for (const variant of orderOf(variants, round)) {
      signal.throwIfAborted();
      turns.get(variant.key)?.push(await measureTurn(variant));
    }
  }
  return turns;
}
