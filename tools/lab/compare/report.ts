import { markdownTable, micros, ms, spreadText } from '../measure/markdown.ts';
import { type Blocks, machineLines } from '../measure/page.ts';
import { ratioOf, spreadOf } from '../measure/spread.ts';
import type { Comparison } from './measure.ts';
import { wholeCost } from './meters.ts';
import type { Outcomes } from './outage.ts';
import { bearerBesideRedis, isWithinLimit, limit, overheadsOf } from './ratios.ts';
import type { Turn, Turns } from './rounds.ts';

/** The variant that the others are compared with. */
export const base = 'open';

/** The tables and texts of the comparison, as Markdown. */
export function blocksOf(comparison: Comparison): Blocks {
  return {
    machine: machineBlock(comparison),
    load: loadBlock(comparison),
    cost: costBlock(comparison),
    stores: storesBlock(comparison),
    outage: outageBlock(comparison),
    logout: logoutBlock(comparison),
    overhead: overheadBlock(comparison),
  };
}

/** A value of each turn of a variant, by round. */
export function valuesOf(turns: Turns, key: string, read: (turn: Turn) => number): number[] {
  return (turns.get(key) ?? []).map(read);
}

/** The share of requests that were answered 200. */
export function share200(outcomes: Outcomes): number {
  const all = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  return (outcomes.get('200') ?? 0) / all;
}

function machineBlock({ machine, settings, connections, turns }: Comparison): string {
  const sent = [...turns.values()].flat().reduce((sum, { requests }) => sum + requests, 0);
  return [
    ...machineLines(machine),
    `${settings.rounds} rounds, ${connections} connections, ${sent} requests. Behind each median, in brackets, the least and the most of the rounds.`,
  ].join('\n');
}

function loadBlock({ variants, storeLoad, turns }: Comparison): string {
  const rows = variants.compared.map(({ key, title }) => {
    const cell = (read: (turn: Turn) => number, unit: (value: number) => string) => {
      const values = valuesOf(turns, key, read);
      if (key === base) return `1 = ${unit(spreadOf(values).median)}`;
      return spreadText(ratioOf(values, valuesOf(turns, base, read)));
    };
    const rate = cell(
      ({ perSecond }) => perSecond,
      (value) => `${value.toFixed(0)} /s`,
    );
    const alone = ms(storeLoad.get(key)?.aloneMs ?? Number.NaN);
    return [title, rate, cell(({ p50Ms }) => p50Ms, ms), cell(({ p99Ms }) => p99Ms, ms), alone];
  });
  return markdownTable([['', 'requests/s', 'p50', 'p99', 'one alone takes'], ...rows]);
}

function costBlock({ variants, turns }: Comparison): string {
  const whole = (turn: Turn) => wholeCost(turn.cost);
  const rows = variants.compared.map(({ key, title }) => {
    const median = (read: (turn: Turn) => number) => micros(spreadOf(valuesOf(turns, key, read)).median);
    return [
      title,
      median(({ cost }) => cost.service),
      median(({ cost }) => cost.door),
      median(({ cost }) => cost.user),
      median(({ cost }) => cost.postgres),
      median(({ cost }) => cost.redis),
      median(whole),
      key === base ? '1' : spreadText(ratioOf(valuesOf(turns, key, whole), valuesOf(turns, base, whole))),
    ];
  });
  const head = ['', 'service', 'gateway', 'user app', 'Postgres', 'Redis', 'together', 'in proportion'];
  return `${markdownTable([head, ...rows])}\n\n${limitText(turns)}`;
}

function limitText(turns: Turns): string {
  const ratio = bearerBesideRedis(turns);
  if (ratio === undefined) return 'There was no Redis to judge (a) by.';
  const judged = isWithinLimit(turns) ? 'within' : '**over**';
  return `(a) costs ${spreadText(ratio)} of (c) in Redis, all processes together: ${judged} ${limit.toFixed(1)}, the most that it may.`;
}

function storesBlock({ variants, storeLoad, credentialBytes }: Comparison): string {
  const shown = (count = Number.NaN) => String(Math.round(count / 10) * 10);
  const rows = variants.compared.map(({ key, title }) => {
    const counts = storeLoad.get(key)?.counts;
    return [
      title,
      shown(counts?.userRequests),
      shown(counts?.user),
      shown(counts && counts.gateway + counts.shared),
      shown(counts?.redisCommands),
      shown(counts?.product),
      `${credentialBytes.get(key)} bytes`,
    ];
  });
  const head = [
    '1000 requests',
    'requests to the user app',
    'transactions of its database',
    'transactions of the sessions',
    'Redis commands',
    'transactions of the products',
    'credentials of each request',
  ];
  return markdownTable([head, ...rows]);
}

function outageBlock({ outages, settings }: Comparison): string {
  const shareText = (outcomes: Outcomes) => (outcomes.size === 0 ? '' : `${(share200(outcomes) * 100).toFixed(0)} %`);
  const failuresText = (outcomes: Outcomes) =>
    [...outcomes]
      .filter(([outcome]) => outcome !== '200')
      .map(([outcome, count]) => `${outcome} (${count})`)
      .join(', ');
  const rows = [...outages.values()].map(({ title, before, during, after, login }) => [
    title,
    shareText(before),
    shareText(during),
    failuresText(during),
    // Clients that start in the outage do not refresh their tokens after it.
    before.size === 0 ? '' : shareText(after),
    login ?? '',
  ]);
  const inOutage = `in the ${settings.outageSeconds} s`;
  return markdownTable([
    ['', 'answered 200 before', inOutage, 'the others got', 'after', 'a login meanwhile'],
    ...rows,
  ]);
}

function logoutBlock({ variants, logouts, settings }: Comparison): string {
  const rows = variants.compared.flatMap(({ key, title }) => {
    const all = logouts.get(key);
    if (all === undefined) return [];
    const { median, max } = spreadOf(all.map(({ lateMs }) => lateMs));
    const accepted = Math.max(...all.map((logout) => logout.accepted));
    return [[title, ms(median), ms(max), String(accepted), [...new Set(all.map(({ refusal }) => refusal))].join(', ')]];
  });
  const head = [`${settings.logouts} logouts`, 'accepted for', 'at most', 'requests accepted at most', 'then'];
  return markdownTable([head, ...rows]);
}

function overheadBlock({ turns, paced, variants, connections }: Comparison): string {
  const titles = new Map([...variants.proxies, ...variants.compared].map(({ key, title }) => [key, title]));
  return [
    `As fast as ${connections} connections are answered:`,
    overheadTable(turns, titles),
    `All of them sent ${paced.perSecond} requests a second, a third of what the gateway can do with Postgres:`,
    overheadTable(paced.turns, titles),
  ].join('\n\n');
}

function overheadTable(turns: Turns, titles: ReadonlyMap<string, string>): string {
  const median = (key: string, read: (turn: Turn) => number) => micros(spreadOf(valuesOf(turns, key, read)).median);
  const rowOf = (key: string, wholeRatio: string, doorRatio: string) => [
    titles.get(key) ?? key,
    median(key, ({ cost }) => wholeCost(cost)),
    wholeRatio,
    median(key, ({ cost }) => cost.door),
    doorRatio,
  ];
  return markdownTable([
    ['', 'altogether', 'in proportion', 'the process alone', 'in proportion'],
    rowOf('plain-proxy', '1', '1'),
    ...overheadsOf(turns).map(({ key, whole, alone }) => rowOf(key, spreadText(whole), spreadText(alone))),
  ]);
}
