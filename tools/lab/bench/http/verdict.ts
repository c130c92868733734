import { ratioOf, type Spread } from '../../measure/spread.ts';
import type { Measured, Turn, Turns } from './rounds.ts';
import { inline, neighbours, open, ours } from './rows.ts';

/** The most that a guarded request may cost the server, in proportion to no check. */
export const mostOfOpen = 1.05;
/** The most that a request with a new token may cost the server, in proportion to jsonwebtoken inline. */
export const mostOfInline = 1.1;

/** Processor time of a row, in proportion to another row of the same round. */
export function costRatio(turns: Turns, key: string, base: string): Spread {
  const costs = (of: string) => (turns.get(of) ?? []).map(({ server }: Turn) => server);
  return ratioOf(costs(key), costs(base));
}

/** The titles of rows that cost less than ours with the users' tokens, by more than half the interquartile range. */
export function cheaperRows(users: Turns): readonly string[] {
  const { median, slack } = judged(users);
  return neighbours
    .filter(({ key }) => users.has(key))
    .filter(({ key }) => costRatio(users, key, open).median < median - slack)
    .map(({ title }) => title);
}

/** The exceeded limits, as sentences. */
export function faultsOf({ users, once }: Measured): readonly string[] {
  const { median, slack } = judged(users);
  const overInline = costRatio(once, ours, inline).median;
  return [
    ...(median <= mostOfOpen + slack
      ? []
      : [`@auth/verify costs ${times(median)} of no check, where ${times(mostOfOpen + slack)} is the most`]),
    ...cheaperRows(users).map((title) => `${title} costs less than @auth/verify`),
    ...(overInline <= mostOfInline
      ? []
      : [
          `with every token once @auth/verify costs ${times(overInline)} of jsonwebtoken inline, where ${times(mostOfInline)} is the most`,
        ]),
  ];
}

/** The cost of ours in proportion to no check, and half its interquartile range. */
function judged(users: Turns): { median: number; slack: number } {
  const ratio = costRatio(users, ours, open);
  return { median: ratio.median, slack: (ratio.upper - ratio.lower) / 2 };
}

function times(value: number): string {
  return `${value.toFixed(2)} times`;
}
