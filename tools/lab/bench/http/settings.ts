import { UsageError } from '@auth/command';
import { inline, open, ours, rows } from './rows.ts';

/** The amounts of a run. */
export interface BenchSettings {
  readonly rounds: number;
  readonly connections: number;
  /** Users of the first table, each with one token. */
  readonly users: number;
  /** Requests at the start of a turn that are not measured: the caches of a server that waited are cold. */
  readonly leadRequests: number;
  /** Requests of a turn with the tokens of the users. */
  readonly requests: number;
  /** Requests of a turn with tokens that are sent once each. */
  readonly onceRequests: number;
  /** Requests to each server with the users' tokens before the measurement, until their cost no longer falls. */
  readonly warmRequests: number;
  /** The same with tokens that are sent once each. */
  readonly warmOnceRequests: number;
  /** Keys of the rows to measure; without it all rows. */
  readonly rows?: readonly string[];
  /** Whether the run is long enough for the numbers to be published. */
  readonly isWhole: boolean;
}

const common = { connections: 16, users: 500, leadRequests: 400 };

/** A run that is published: turns of a third of a second, since garbage collection dominates shorter ones, and many of them for a stable median. */
export const wholeRun: BenchSettings = {
  ...common,
  requests: 4000,
  onceRequests: 2000,
  rounds: 15,
  warmRequests: 20_000,
  warmOnceRequests: 6000,
  isWhole: true,
};

/** A run that checks that everything works. */
export const quickRun: BenchSettings = {
  ...common,
  requests: 1600,
  onceRequests: 800,
  rounds: 5,
  warmRequests: 4800,
  warmOnceRequests: 4000,
  isWhole: false,
};

/** Reads the settings of a command line. @throws UsageError */
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
    ...settings,
    isWhole: false,
    ...(rounds !== undefined && { rounds: Number(rounds) }),
    ...(keys !== undefined && { rows: [open, ours, inline, ...keys.split(',')] }),
  };
}

/** The number of tokens of a run: those of the users, and one for each request of the second table and its warm-up. */
export function tokensOf({ users, rounds, onceRequests, warmOnceRequests }: BenchSettings): number {
  return users + warmOnceRequests + rounds * onceRequests;
}
