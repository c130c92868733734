import type { Quartiles } from './quartiles.ts';
import { rangeOf, ratiosOf } from './quartiles.ts';
import type { Measured, Turn, Turns } from './rounds.ts';
import { inline, neighbours, open, ours } from './rows.ts';

/** The most that a guarded request may cost the server, where one without any check costs 1. */
export const mostOfOpen = 1.05;
/** The most that it may cost where every token is new, and jsonwebtoken's costs 1. */
export const mostOfInline = 1.1;

/** Processor time of a row in proportion to another one of the same rounds. */
export function costRatio(turns: Turns, key: string, base: string): Quartiles {
  const costs = (of: string) => (turns.get(of) ?? []).map(({ server }: Turn) => server);
  return ratiosOf(costs(key), costs(base));
}

/** The rows with the same tokens again and again that cost less than ours, by more than the runs differ. */
export function cheaperRows(users: Turns): readonly string[] {
  const { median, slack } = judged(users);
  return neighbours
    .filter(({ key }) => users.has(key))
    .filter(({ key }) => costRatio(users, key, open).median < median - slack)
    .map(({ title }) => title);
}

/** Everything in which ours costs more than it may, as sentences; none when it is within. */
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

/** Ours beside the open route, and half its interquartile range. */
function judged(users: Turns): { median: number; slack: number } {
  const ratio = costRatio(users, ours, open);
  return { median: ratio.median, slack: rangeOf(ratio) / 2 };
}

function times(value: number): string {
  return `${value.toFixed(2)} times`;
}
