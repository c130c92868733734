import { markdownTable } from '../measure/markdown-table.ts';
import { spreadOf } from '../measure/spread.ts';
import { micros, spreadText } from './amounts.ts';
import type { Comparison } from './comparison.ts';
import { wholeCost } from './cpu-meter.ts';
import { overheadsOf } from './overhead.ts';
import type { Turn } from './rounds.ts';

/** What the gateway costs beside a plain proxy. */
export function overheadBlock({ turns, paced, variants, connections }: Comparison): string {
  const titles = new Map([...variants.proxies, ...variants.compared].map(({ key, title }) => [key, title]));
  const full = overheadTable(turns, titles);
  const even = overheadTable(paced.turns, titles);
  return [
    `As fast as ${connections} connections are answered:`,
    full,
    `All of them sent ${paced.perSecond} requests a second, a third of what the gateway can do with Postgres:`,
    even,
  ].join('\n\n');
}

function overheadTable(turns: Comparison['turns'], titles: ReadonlyMap<string, string>): string {
  const overheads = overheadsOf(turns);
  const whole = (turn: Turn) => wholeCost(turn.cost);
  const door = ({ cost }: Turn) => cost.door;
  const median = (key: string, read: (turn: Turn) => number) =>
    micros(spreadOf((turns.get(key) ?? []).map(read)).median);
  const rowOf = (key: string, wholeRatio: string, doorRatio: string) => [
    ...[titles.get(key) ?? key, median(key, whole), wholeRatio, median(key, door), doorRatio],
  ];
  return markdownTable([
    ['', 'altogether', 'in proportion', 'the process alone', 'in proportion'],
    rowOf('plain-proxy', '1', '1'),
    ...overheads.map(({ key, whole, alone }) => rowOf(key, spreadText(whole), spreadText(alone))),
  ]);
}
