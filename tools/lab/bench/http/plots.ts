import { barChart } from '../../measure/bar-chart.ts';
import type { Quartiles } from './quartiles.ts';
import { measuredRows } from './report.ts';
import type { Measured, Turns } from './rounds.ts';
import { open } from './rows.ts';
import { costRatio } from './verdict.ts';

/** The plots of a run, by the name of their file. */
export function plotsOf({ users, once }: Measured): Readonly<Record<string, string>> {
  const seriesOf = (name: string, colour: string, turns: Turns) => {
    const ratios = measuredRows(turns).map(({ key }): Quartiles => costRatio(turns, key, open));
    return {
      ...{ name, colour, values: ratios.map(({ median }) => median) },
      spreads: ratios.map(({ lower, upper }) => ({ min: lower, max: upper })),
    };
  };
  return {
    'performance-http.svg': barChart({
      title: 'Processor time of the server for one request',
      xLabel: 'in proportion to no check; the line spans the middle half of the rounds',
      categories: measuredRows(users).map(({ title }) => title),
      series: [seriesOf('500 users', '#2a6fdb', users), seriesOf('every token once', '#b0752a', once)],
      write: (value) => value.toFixed(2),
    }),
  };
}
