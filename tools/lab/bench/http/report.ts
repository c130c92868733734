import { barChart } from '../../measure/bar-chart.ts';
import { markdownTable, micros, quartileText } from '../../measure/markdown.ts';
import { type Blocks, type Machine, machineLines } from '../../measure/page.ts';
import { ratioOf, spreadOf } from '../../measure/spread.ts';
import type { Measured, Turn, Turns } from './rounds.ts';
import { inline, neighbours, open, ours, rows } from './rows.ts';
import type { BenchSettings } from './settings.ts';
import { costRatio, faultsOf, mostOfInline, mostOfOpen } from './verdict.ts';

/** Everything that one run measures. */
export interface Report {
  readonly settings: BenchSettings;
  readonly machine: Machine;
  readonly measured: Measured;
  readonly tokenLength: number;
}

/** The tables and texts of docs/performance.md. */
export function blocksOf(report: Report): Blocks {
  const { measured } = report;
  return {
    machine: machineBlock(report),
    users: tableOf(measured.users),
    once: tableOf(measured.once),
    verdict: verdictBlock(measured),
  };
}

/** Draws the plot of a run, by the name of its file. */
export function plotsOf({ users, once }: Measured): Readonly<Record<string, string>> {
  const seriesOf = (name: string, colour: string, turns: Turns) => {
    const ratios = measuredRows(turns).map(({ key }) => costRatio(turns, key, open));
    return {
      name,
      colour,
      values: ratios.map(({ median }) => median),
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

function measuredRows(turns: Turns): typeof rows {
  return rows.filter(({ key }) => turns.has(key));
}

function machineBlock({ machine, settings, tokenLength }: Report): string {
  const { rounds, connections, requests, onceRequests, users } = settings;
  return [
    ...machineLines(machine),
    `${rounds} rounds, ${connections} connections, tokens of ${tokenLength} bytes. A turn is ${requests} requests with the tokens of ${users} users, and ${onceRequests} with tokens of their own. Medians, and in brackets the interquartile range.`,
  ].join('\n');
}

function tableOf(turns: Turns): string {
  const of = (key: string, read: (turn: Turn) => number) => (turns.get(key) ?? []).map(read);
  const body = measuredRows(turns).map(({ key, title, store }) => {
    const median = (read: (turn: Turn) => number) => spreadOf(of(key, read)).median;
    const rate = ({ perSecond }: Turn) => perSecond;
    return [
      key === ours ? `**${title}**` : title,
      micros(median(({ server }) => server)),
      key === open ? '1' : quartileText(costRatio(turns, key, open)),
      store === undefined ? '' : micros(median((turn) => turn.store)),
      `${median(rate).toFixed(0)} /s`,
      key === open ? '1' : quartileText(ratioOf(of(key, rate), of(open, rate))),
      `${median(({ p99Ms }) => p99Ms).toFixed(0)} ms`,
    ];
  });
  const head = ['', 'server, each request', 'of no check', 'its store', 'requests', 'of no check', 'p99'];
  return markdownTable([head, ...body]);
}

function verdictBlock(measured: Measured): string {
  const { users, once } = measured;
  const faults = faultsOf(measured);
  const better = [...betterRows(users, 'for users who ask again'), ...betterRows(once, 'with every token once')];
  return [
    faults.length === 0
      ? `Within the bars: ${mostOfOpen} of no check and half the interquartile range, no other row cheaper beyond that, and ${mostOfInline} of jsonwebtoken inline where every token is new (it is ${costRatio(once, ours, inline).median.toFixed(2)}).`
      : `Not within the bars: ${faults.join('; ')}.`,
    better.length === 0
      ? 'No other row has a smaller median than ours, in either table.'
      : `Others with a smaller median than ours, in processor time of the server: ${better.join(', ')}.`,
  ].join('\n');
}

function betterRows(turns: Turns, when: string): string[] {
  const own = costRatio(turns, ours, open).median;
  return neighbours
    .filter(({ key }) => turns.has(key))
    .map(({ key, title }) => ({ title, median: costRatio(turns, key, open).median }))
    .filter(({ median }) => median < own)
    .map(({ title, median }) => `${title} ${when} (${median.toFixed(2)} to ${own.toFixed(2)})`);
}
