import { barChart } from '../measure/bar-chart.ts';
import { ratioOf, spreadOf } from '../measure/spread.ts';
import type { Comparison } from './comparison.ts';
import { parts } from './cpu-meter.ts';
import { base, valuesOf } from './load-report.ts';
import { share200 } from './outage-report.ts';
import type { Turn } from './rounds.ts';

const colours = { blue: '#2a6fdb', green: '#2c9c5b', red: '#d1342f', brown: '#b0752a', violet: '#7a4fbf' };
const named = {
  service: ['service', colours.blue],
  door: ['gateway', colours.green],
  user: ['user app', colours.brown],
  postgres: ['Postgres', colours.violet],
  redis: ['Redis', colours.red],
} as const;

/** Every plot of the comparison, by the name of its file. */
export function plotsOf(comparison: Comparison): Readonly<Record<string, string>> {
  const { variants, logouts, outages, settings } = comparison;
  const categories = variants.compared.map(({ title }) => title);
  const ratios = (read: (turn: Turn) => number) => {
    const all = variants.compared.map(({ key }) =>
      ratioOf(valuesOf(comparison, key, read), valuesOf(comparison, base, read)),
    );
    return { values: all.map(({ median }) => median), spreads: all };
  };
  const times = (value: number) => value.toFixed(2);
  const withSessions = variants.compared.filter(({ key }) => logouts.has(key));
  const late = withSessions.map(({ key }) => spreadOf((logouts.get(key) ?? []).map(({ lateMs }) => lateMs)));
  return {
    'compare-load.svg': barChart({
      ...{ title: 'Requests per second under load', xLabel: 'in proportion to (0); the line spans all rounds' },
      ...{ categories, write: times },
      series: [{ name: 'requests/s', colour: colours.blue, ...ratios(({ perSecond }) => perSecond) }],
    }),
    'compare-latency.svg': barChart({
      ...{ title: 'Time to an answer under load', xLabel: 'in proportion to (0); the line spans all rounds' },
      ...{ categories, write: times },
      series: [
        { name: 'p50', colour: colours.green, ...ratios(({ p50Ms }) => p50Ms) },
        { name: 'p99', colour: colours.brown, ...ratios(({ p99Ms }) => p99Ms) },
      ],
    }),
    'compare-cost.svg': barChart({
      ...{ title: 'Processor time of one request', xLabel: 'microseconds, median of each part' },
      ...{ categories, stacked: true, write: (value) => `${value.toFixed(0)} µs` },
      series: parts.map((part) => ({
        ...{ name: named[part][0], colour: named[part][1] },
        values: variants.compared.map(
          ({ key }) => spreadOf(valuesOf(comparison, key, ({ cost }) => cost[part])).median,
        ),
      })),
    }),
    'compare-outage.svg': barChart({
      ...{
        title: 'The user app is stopped: requests answered 200',
        xLabel: `percent, over ${settings.outageSeconds} s`,
      },
      ...{ categories: [...outages.values()].map(({ title }) => title), write: (value) => `${value.toFixed(0)} %` },
      series: [
        {
          ...{ name: 'answered 200', colour: colours.green },
          values: [...outages.values()].map(({ during }) => share200(during) * 100),
        },
      ],
    }),
    'compare-logout.svg': barChart({
      ...{
        title: 'How long one is let in after a logout was answered',
        xLabel: `milliseconds, ${settings.logouts} logouts`,
      },
      ...{ categories: withSessions.map(({ title }) => title), write: (value) => `${value.toFixed(0)} ms` },
      series: [
        { name: 'median', colour: colours.blue, values: late.map(({ median }) => median) },
        { name: 'at most', colour: colours.red, values: late.map(({ max }) => max) },
      ],
    }),
  };
}
