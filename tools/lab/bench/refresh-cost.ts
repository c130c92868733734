// pnpm bench:refresh: processor time of a refresh and of a login, in the user app and in Postgres. Exits 1 above the limit.

import { startCommand } from '@auth/command';
import { labCommands } from '../commands.ts';
import { createBenchOutput } from '../measure/page.ts';
import { spreadOf } from '../measure/spread.ts';
import { type MeasuredUserApp, withUserApp } from './user-app.ts';

const { options, variables } = startCommand(labCommands['bench:refresh']);

const rounds = Number(variables.ROUNDS);
const refreshesPerRound = 600;
const loginsPerRound = 12;
/** Number of clients. Each sends the next request when the last is answered. */
const clients = 8;
const limitMs = 2.8;

/** Processor time of one request in milliseconds, and requests per second. */
interface Cost {
  readonly app: number;
  readonly postgres: number;
  readonly perSecond: number;
}

const { say, publish } = createBenchOutput('refresh');
process.exitCode = (await withUserApp({ REFRESHES_PER_SESSION: '1000000', LOGINS_PER_ACCOUNT: '0' }, run)) ? 0 : 1;
if (options.write) await publish();

async function run(app: MeasuredUserApp): Promise<boolean> {
  const { client } = app;
  const emails = Array.from({ length: clients }, (_, index) => `grace-${index}@example.com`);
  await Promise.all(emails.map(client.register));
  const tokens = await Promise.all(emails.map(async (email) => (await client.logIn(email)).refresh_token));
  const refresh = async (index: number) => {
    tokens[index] = (await client.refresh(tokens[index] ?? '')).refresh_token;
  };
  const logIn = async (index: number) => void (await client.logIn(emails[index] ?? ''));

  // Compiles the code that the rounds run.
  await measure(app, refresh, 10 * refreshesPerRound);
  const [refreshes, logins]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    refreshes.push(await measure(app, refresh, refreshesPerRound));
    logins.push(await measure(app, logIn, loginsPerRound));
  }

  say(`${rounds} rounds, ${clients} clients at a time`);
  const whole = describe(`refresh (${refreshesPerRound} a round)`, refreshes);
  describe(`login (${loginsPerRound} a round)`, logins);
  const isGood = whole <= limitMs;
  say(`a refresh takes ${whole.toFixed(2)} ms: ${isGood ? 'within' : 'NOT within'} ${limitMs} ms`);
  return isGood;
}

async function measure(app: MeasuredUserApp, work: (index: number) => Promise<void>, count: number): Promise<Cost> {
  const [before, started] = [app.cpuSeconds(), performance.now()];
  let left = count;
  await Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      while (left > 0) {
        left -= 1;
        await work(index);
      }
    }),
  );
  const [after, seconds] = [app.cpuSeconds(), (performance.now() - started) / 1000];
  const each = (part: 'app' | 'postgres') => ((after[part] - before[part]) * 1000) / count;
  return { app: each('app'), postgres: each('postgres'), perSecond: count / seconds };
}

/** Prints one line. Returns the median of app and Postgres together. */
function describe(name: string, costs: readonly Cost[]): number {
  const medianOf = (read: (cost: Cost) => number) => spreadOf(costs.map(read)).median;
  const whole = spreadOf(costs.map(({ app, postgres }) => app + postgres));
  const ms = (value: number) => value.toFixed(2);
  say(
    [
      `${name}: ${ms(whole.median)} ms of processor time (${ms(whole.min)} to ${ms(whole.max)})`,
      `user app ${ms(medianOf(({ app }) => app))}, Postgres ${ms(medianOf(({ postgres }) => postgres))}`,
      `${(1000 / whole.median).toFixed(0)} a second per core, ${medianOf(({ perSecond }) => perSecond).toFixed(0)} a second measured`,
    ].join('; '),
  );
  return whole.median;
}
