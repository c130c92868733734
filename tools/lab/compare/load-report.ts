import { markdownTable } from '../measure/markdown-table.ts';
import { ratioOf, spreadOf } from '../measure/spread.ts';
import { micros, ms, spreadText } from './amounts.ts';
import { bearerBesideRedis, isWithinLimit, limit } from './bar.ts';
import type { Comparison } from './comparison.ts';
import { wholeCost } from './cpu-meter.ts';
import type { Turn } from './rounds.ts';

/** The variant that the others are measured by. */
export const base = 'open';

/** What a turn came to, for every round of a variant. */
export function valuesOf({ turns }: Comparison, key: string, read: (turn: Turn) => number): number[] {
  return (turns.get(key) ?? []).map(read);
}

/** What every variant can do, and how long it takes. */
export function loadBlock(comparison: Comparison): string {
  const { variants, storeLoad } = comparison;
  const rows = variants.compared.map(({ key, title }) => {
    const cell = (read: (turn: Turn) => number, unit: (value: number) => string) => {
      const values = valuesOf(comparison, key, read);
      if (key === base) return `1 = ${unit(spreadOf(values).median)}`;
      return spreadText(ratioOf(values, valuesOf(comparison, base, read)));
    };
    const alone = storeLoad.get(key)?.aloneMs ?? Number.NaN;
    return [
      title,
      cell(
        ({ perSecond }) => perSecond,
        (value) => `${value.toFixed(0)} /s`,
      ),
      cell(({ p50Ms }) => p50Ms, ms),
      cell(({ p99Ms }) => p99Ms, ms),
      ms(alone),
    ];
  });
  return markdownTable([['', 'requests/s', 'p50', 'p99', 'one alone takes'], ...rows]);
}

/** What a request costs each process. */
export function costBlock(comparison: Comparison): string {
  const rows = comparison.variants.compared.map(({ key, title }) => {
    const median = (read: (turn: Turn) => number) => micros(spreadOf(valuesOf(comparison, key, read)).median);
    const whole = (turn: Turn) => wholeCost(turn.cost);
    const ratio = ratioOf(valuesOf(comparison, key, whole), valuesOf(comparison, base, whole));
    return [
      title,
      median(({ cost }) => cost.service),
      median(({ cost }) => cost.door),
      median(({ cost }) => cost.user),
      median(({ cost }) => cost.postgres),
      median(({ cost }) => cost.redis),
      median(whole),
      key === base ? '1' : spreadText(ratio),
    ];
  });
  const table = markdownTable([
    ['', 'service', 'gateway', 'user app', 'Postgres', 'Redis', 'together', 'in proportion'],
    ...rows,
  ]);
  return `${table}\n\n${barText(comparison)}`;
}

function barText({ turns }: Comparison): string {
  const ratio = bearerBesideRedis(turns);
  if (ratio === undefined) return 'There was no Redis to judge (a) by.';
  const judged = isWithinLimit(turns) ? 'within' : '**over**';
  return `(a) costs ${spreadText(ratio)} of (c) in Redis, all processes together: ${judged} ${limit.toFixed(1)}, the most that it may.`;
}
