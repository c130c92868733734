import { markdownTable } from '../measure/markdown-table.ts';
import type { Comparison } from './comparison.ts';
import type { Outcomes } from './outage.ts';

/** Who went on while the user app was stopped. */
export function outageBlock({ outages, settings }: Comparison): string {
  const rows = [...outages.values()].map(({ title, before, during, after, login }) => [
    ...[title, share(before), share(during), failures(during)],
    // Who has no client to ask for a new token stays where it is; the gateway does so by itself.
    ...[before.size === 0 ? '' : share(after), login ?? ''],
  ]);
  const during = `in the ${settings.outageSeconds} s`;
  return markdownTable([['', 'answered 200 before', during, 'the others got', 'after', 'a login meanwhile'], ...rows]);
}

/** The share that was answered 200. */
export function share200(outcomes: Outcomes): number {
  const all = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  return (outcomes.get('200') ?? 0) / all;
}

function share(outcomes: Outcomes): string {
  if (outcomes.size === 0) return '';
  return `${(share200(outcomes) * 100).toFixed(0)} %`;
}

function failures(outcomes: Outcomes): string {
  const others = [...outcomes].filter(([outcome]) => outcome !== '200');
  return others.map(([outcome, count]) => `${outcome} (${count})`).join(', ');
}
