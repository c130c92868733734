import { type BarChartOptions, barChart } from '../measure/bar-chart.ts';
import { ratioOf, spreadOf } from '../measure/spread.ts';
import type { Comparison } from './measure.ts';
import { parts } from './meters.ts';
import { base, share200, valuesOf } from './report.ts';
import type { Turn } from './rounds.ts';

const colours = { blue: '#2a6fdb', green: '#2c9c5b', red: '#d1342f', brown: '#b0752a', violet: '#7a4fbf' };
const labels = {
  service: { name: 'service', colour: colours.blue },
  door: { name: 'gateway', colour: colours.green },
  user: { name: 'user app', colour: colours.brown },
  postgres: { name: 'Postgres', colour: colours.violet },
  redis: { name: 'Redis', colour: colours.red },
} as const;

/** Draws every plot of the comparison, by the name of its file. */
export function plotsOf(comparison: Comparison): Readonly<Record<string, string>> {
  const { variants, turns, logouts, outages, settings } = comparison;
  const categories = variants.compared.map(({ title }) => title);
  const ratios = (name: string, colour: string, read: (turn: Turn) => number) => {
    const spreads = variants.compared.map(({ key }) =>
      ratioOf(valuesOf(turns, key, read), valuesOf(turns, base, read)),
    );
    return { name, colour, values: spreads.map(({ median }) => median), spreads };
  };
  const ratioChart = (title: string, series: BarChartOptions['series']) =>
    barChart({
      title,
      xLabel: 'in proportion to (0); the line spans all rounds',
      categories,
      write: (value) => value.toFixed(2),
      series,
    });
  const withSessions = variants.compared.filter(({ key }) => logouts.has(key));
  const late = withSessions.map(({ key }) => spreadOf((logouts.get(key) ?? []).map(({ lateMs }) => lateMs)));
  const outageShares = [...outages.values()].map(({ during }) => share200(during) * 100);
  return {
    'compare-load.svg': ratioChart('Requests per second under load', [
      ratios('requests/s', colours.blue, ({ perSecond }) => perSecond),
    ]),
    'compare-latency.svg': ratioChart('Time to an answer under load', [
      ratios('p50', colours.green, ({ p50Ms }) => p50Ms),
      ratios('p99', colours.brown, ({ p99Ms }) => p99Ms),
    ]),
    'compare-cost.svg': barChart({
      title: 'Processor time of one request',
      xLabel: 'microseconds, median of each part',
      categories,
      stacked: true,
      write: (value) => `${value.toFixed(0)} µs`,
      series: parts.map((part) => ({
        ...labels[part],
        values: variants.compared.map(({ key }) => spreadOf(valuesOf(turns, key, ({ cost }) => cost[part])).median),
      })),
    }),
    'compare-outage.svg': barChart({
      title: 'The user app is stopped: requests answered 200',
      xLabel: `percent, over ${settings.outageSeconds} s`,
      categories: [...outages.values()].map(({ title }) => title),
      write: (value) => `${value.toFixed(0)} %`,
      series: [{ name: 'answered 200', colour: colours.green, values: outageShares }],
    }),
    'compare-logout.svg': barChart({
      title: 'Time after a logout in which requests are accepted',
      xLabel: `milliseconds, ${settings.logouts} logouts`,
      categories: withSessions.map(({ title }) => title),
      write: (value) => `${value.toFixed(0)} ms`,
      series: [
        { name: 'median', colour: colours.blue, values: late.map(({ median }) => median) },
        { name: 'at most', colour: colours.red, values: late.map(({ max }) => max) },
      ],
    }),
  };
}
