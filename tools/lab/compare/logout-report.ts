import { markdownTable } from '../measure/markdown-table.ts';
import { spreadOf } from '../measure/spread.ts';
import { ms } from './amounts.ts';
import type { Comparison } from './comparison.ts';

/** When a logout counted. */
export function logoutBlock({ variants, logouts, settings }: Comparison): string {
  const rows = variants.compared.flatMap(({ key, title }) => {
    const all = logouts.get(key);
    if (all === undefined) return [];
    const { median, max } = spreadOf(all.map(({ lateMs }) => lateMs));
    const letIn = Math.max(...all.map((logout) => logout.letIn));
    return [[title, ms(median), ms(max), String(letIn), [...new Set(all.map(({ refusal }) => refusal))].join(', ')]];
  });
  return markdownTable([
    [`${settings.logouts} logouts`, 'let in for', 'at most', 'requests let in at most', 'then'],
    ...rows,
  ]);
}
