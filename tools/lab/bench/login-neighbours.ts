// pnpm bench:login-neighbours: latency of an authenticated route of the user app, alone, while logins keep bcrypt busy, and beside
// a process that hashes as much. Exits 1 above the limit.

import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCommand } from '@auth/command';
import { labCommands } from '../commands.ts';
import { startChild, typeScript } from '../measure/child.ts';
import { cpuSecondsOf } from '../measure/cpu-time.ts';
import { createBenchOutput } from '../measure/page.ts';
import { percentile, spreadOf } from '../measure/spread.ts';
import { describeTimes, timeSteadily } from '../measure/steady-requests.ts';
import { type MeasuredUserApp, withUserApp } from './user-app.ts';

const { options, variables } = startCommand(labCommands['bench:login-neighbours']);

const rounds = Number(variables.ROUNDS);
const roundMs = 6000;
const everyMs = 20;
/** Concurrent logins: more than the user app hashes at a time, so that some always wait. */
const logins = 8;
const limit = 1.5;
/** Number of passwords that the user app hashes at a time. */
const hashesAtOnce = Math.max(1, Math.min(availableParallelism() - 1, 3));

/** Latencies of the route, and the number of processors that the app and the other process kept busy. */
interface Round {
  readonly times: readonly number[];
  readonly app: number;
  readonly foreign: number;
}

const { say, publish } = createBenchOutput('neighbours');
process.exitCode = (await withUserApp({ LOGINS_PER_ACCOUNT: '0', SESSIONS_PER_ACCOUNT: '0' }, run)) ? 0 : 1;
if (options.write) await publish();

async function run({ client, cpuSeconds }: MeasuredUserApp): Promise<boolean> {
  const email = 'grace@example.com';
  await client.register(email);
  const { access_token } = await client.logIn(email);

  const measureRound = async (foreignPid?: number): Promise<Round> => {
    const cpu = () => [cpuSeconds().app, foreignPid === undefined ? 0 : cpuSecondsOf(foreignPid)] as const;
    const [before, started] = [cpu(), performance.now()];
    const times = await timeSteadily(() => client.get('/users/me', access_token), { everyMs, until: delay(roundMs) });
    const [now, seconds] = [cpu(), (performance.now() - started) / 1000];
    return { times, app: (now[0] - before[0]) / seconds, foreign: (now[1] - before[1]) / seconds };
  };
  const besideLogins = () => whileLogins(() => client.logIn(email), measureRound);

  // Compiles the code that the rounds run.
  await besideLogins();
  const found = { alone: [] as Round[], logins: [] as Round[], foreign: [] as Round[] };
  for (let round = 0; round < rounds; round += 1) {
    found.alone.push(await measureRound());
    found.logins.push(await besideLogins());
    found.foreign.push(await whileForeign(measureRound));
  }

  say(`${rounds} rounds, GET /users/me 50 times a second`);
  describe('alone', found.alone);
  describe('while logins are hashed', found.logins);
  describe('beside a foreign process', found.foreign);
  const ratio = p99Of(found.logins).median / p99Of(found.foreign).median;
  const isGood = ratio <= limit;
  say(`p99 ${ratio.toFixed(2)}x: ${isGood ? 'within' : 'NOT within'} ${limit}x`);
  return isGood;
}

/** Measures while several clients log in again and again. */
async function whileLogins<T>(logIn: () => Promise<unknown>, measureRound: () => Promise<T>): Promise<T> {
  let ended = false;
  const loops = Array.from({ length: logins }, async () => {
    while (!ended) await logIn();
  });
  await delay(500);
  const found = await measureRound();
  ended = true;
  await Promise.all(loops);
  return found;
}

/** Measures while another process hashes as many passwords at a time as the user app. */
async function whileForeign<T>(measureRound: (pid: number) => Promise<T>): Promise<T> {
  const child = startChild(fileURLToPath(new URL('./hash-burner.ts', import.meta.url)), typeScript);
  try {
    await child.ask({ hashesAtOnce });
    await delay(500);
    return await measureRound(child.pid);
  } finally {
    await child.close();
  }
}

/** The p99 of the rounds. Its median ignores a disturbed round. */
function p99Of(found: readonly Round[]) {
  return spreadOf(found.map(({ times }) => percentile(times, 0.99)));
}

function describe(name: string, found: readonly Round[]): void {
  const { median, min, max } = p99Of(found);
  const busy = (read: (round: Round) => number) => spreadOf(found.map(read)).median.toFixed(2);
  say(
    [
      describeTimes(
        name,
        found.flatMap(({ times }) => times),
      ),
      `p99 of rounds ${median.toFixed(1)} ms (${min.toFixed(1)} to ${max.toFixed(1)})`,
      `busy: app ${busy(({ app }) => app)}, foreign ${busy(({ foreign }) => foreign)} processors`,
    ].join('; '),
  );
}
