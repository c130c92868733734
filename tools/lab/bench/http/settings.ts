import { UsageError } from '@auth/command';
import { inline, open, ours, rows } from './rows.ts';

/** How much is measured. */
export interface BenchSettings {
  readonly rounds: number;
  readonly connections: number;
  /** Tokens of the first table: so many users, who ask again and again. */
  readonly users: number;
  /** Requests that begin a row's turn and are not measured: a server that others made wait has cold caches. */
  readonly leadRequests: number;
  /** Requests of a row's turn with those tokens. */
  readonly requests: number;
  /** Requests of a row's turn with tokens that are sent once each. */
  readonly onceRequests: number;
  /** Requests to each server with the users' tokens before anything is measured: until what one costs does not fall any more. */
  readonly warmRequests: number;
  /** The same with tokens of their own. */
  readonly warmOnceRequests: number;
  /** The keys of the rows that are measured; all of them unless given. */
  readonly rows?: readonly string[];
  /** Whether it is enough for the numbers to be published. */
  readonly isWhole: boolean;
}

const common = { connections: 16, users: 500, leadRequests: 400 };

/**
 * Turns of a third of a second, since the garbage collector decides in shorter ones, and many of them, so that the median passes
 * over those in which the machine did something else.
 */
export const wholeRun: BenchSettings = {
  ...{ ...common, requests: 4000, onceRequests: 2000, rounds: 15 },
  ...{ warmRequests: 20_000, warmOnceRequests: 6000, isWhole: true },
};

/** To see that everything works. */
export const quickRun: BenchSettings = {
  ...{ ...common, requests: 1600, onceRequests: 800, rounds: 5 },
  ...{ warmRequests: 4800, warmOnceRequests: 4000, isWhole: false },
};

/** The settings that a command line asks for. @throws UsageError */
export function settingsOf({
  quick,
  rounds,
  rows: keys,
}: {
  quick: boolean;
  rounds?: string | undefined;
  rows?: string | undefined;
}): BenchSettings {
  const settings = quick ? quickRun : wholeRun;
  if (rounds === undefined && keys === undefined) return settings;
  if (rounds !== undefined && !/^[1-9]\d{0,3}$/.test(rounds)) throw new UsageError('--rounds needs a whole number');
  const unknown = keys?.split(',').find((key) => rows.every((row) => row.key !== key));
  if (unknown !== undefined)
    throw new UsageError(`there is no row "${unknown}", but ${rows.map(({ key }) => key).join(', ')}`);
  return {
    ...{ ...settings, isWhole: false },
    ...(rounds !== undefined && { rounds: Number(rounds) }),
    ...(keys !== undefined && { rows: [open, ours, inline, ...keys.split(',')] }),
  };
}

/** How many tokens a run takes: those of the users, and one for each request of the second table and its warm-up. */
export function tokensOf({ users, rounds, onceRequests, warmOnceRequests }: BenchSettings): number {
  return users + warmOnceRequests + rounds * onceRequests;
}
