// pnpm bench:login-neighbours: how long a verified route of the user app takes while logins keep bcrypt busy, and while a foreign
// process burns as much. Exits 1 above the limit.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startCommand } from '@auth/command';
import { repositoryRoot } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { cpuSecondsOf } from '../compare/cpu-time.ts';
import { spreadOf } from '../compare/spread.ts';
import { createBenchOutput } from './bench-output.ts';
import { describeTimes, percentile, timeSteadily } from './latency.ts';
import type { MeasuredUserApp } from './user-app.ts';
import { withUserApp } from './user-app.ts';
import { openUserClient } from './user-client.ts';

const { options, variables } = startCommand(labCommands['bench:login-neighbours']);

const rounds = Number(variables.ROUNDS);
const roundMs = 6000;
const everyMs = 20;
/** Logins at a time: more than are hashed, so that some always wait. */
const logins = 8;
const limit = 1.5;
/** As many as the user app hashes at a time. */
const hashesAtOnce = Math.max(1, Math.min(availableParallelism() - 1, 3));

/** What a round measured: times of the route, and processors kept busy by the app and by the foreign process. */
interface Round {
  readonly times: readonly number[];
  readonly app: number;
  readonly foreign: number;
}

const { say, publish } = createBenchOutput('neighbours');
process.exitCode = (await withUserApp({ LOGINS_PER_ACCOUNT: '0', SESSIONS_PER_ACCOUNT: '0' }, run)) ? 0 : 1;
if (options.write) await publish();

async function run(app: MeasuredUserApp): Promise<boolean> {
  const client = openUserClient(app.url);
  const email = 'grace@example.com';
  await client.register(email);
  const { access_token } = await client.logIn(email);
  const ask = () => client.get('/users/me', access_token);

  const measureRound = async (foreignPid?: number): Promise<Round> => {
    const cpu = () => [app.cpuSeconds().app, foreignPid === undefined ? 0 : cpuSecondsOf(foreignPid)] as const;
    const [before, started] = [cpu(), performance.now()];
    const times = await timeSteadily(ask, { everyMs, until: after(roundMs) });
    const [now, seconds] = [cpu(), (performance.now() - started) / 1000];
    return { times, app: (now[0] - before[0]) / seconds, foreign: (now[1] - before[1]) / seconds };
  };
  const alone = () => measureRound();
  const besideLogins = () => whileLogins(() => client.logIn(email), measureRound);
  const besideForeign = () => whileForeign(measureRound);

  // Compiles what the rounds run.
  await besideLogins();
  const found = { alone: [] as Round[], logins: [] as Round[], foreign: [] as Round[] };
  for (let round = 0; round < rounds; round += 1) {
    found.alone.push(await alone());
    found.logins.push(await besideLogins());
    found.foreign.push(await besideForeign());
  }
  await client.close();

  say(`${rounds} rounds, GET /users/me 50 times a second`);
  describe('alone', found.alone);
  describe('while logins are hashed', found.logins);
  describe('beside a foreign process', found.foreign);
  const ratio = p99Of(found.logins) / p99Of(found.foreign);
  const isGood = ratio <= limit;
  say(`p99 ${ratio.toFixed(2)}x: ${isGood ? 'within' : 'NOT within'} ${limit}x`);
  return isGood;
}

/** Logins without end, so many at a time, while something is measured. */
async function whileLogins<T>(logIn: () => Promise<unknown>, measureRound: () => Promise<T>): Promise<T> {
  let isOver = false;
  const loops = Array.from({ length: logins }, async () => {
    while (!isOver) await logIn();
  });
  await after(500);
  const found = await measureRound();
  isOver = true;
  await Promise.all(loops);
  return found;
}

/** A process of its own that hashes as many passwords at a time, while something is measured. */
async function whileForeign<T>(measureRound: (pid: number | undefined) => Promise<T>): Promise<T> {
  const child = fork(fileURLToPath(new URL('./hash-burner.ts', import.meta.url)), [String(hashesAtOnce)], {
    ...{ cwd: repositoryRoot, execArgv: ['--import', 'tsx', '--conditions=@auth/source'], detached: true },
  });
  try {
    await once(child, 'message');
    await after(500);
    return await measureRound(child.pid);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** The median of the rounds: one disturbed round does not count. */
function p99Of(found: readonly Round[]): number {
  return spreadOf(found.map(({ times }) => percentile(times, 0.99))).median;
}

function describe(name: string, found: readonly Round[]): void {
  const all = found.flatMap(({ times }) => times);
  const { median, min, max } = spreadOf(found.map(({ times }) => percentile(times, 0.99)));
  const [busy, foreign] = [
    spreadOf(found.map(({ app }) => app)).median,
    spreadOf(found.map((one) => one.foreign)).median,
  ];
  say(
    [
      describeTimes(name, all),
      `p99 of rounds ${median.toFixed(1)} ms (${min.toFixed(1)} to ${max.toFixed(1)})`,
      `busy: app ${busy.toFixed(2)}, foreign ${foreign.toFixed(2)} processors`,
    ].join('; '),
  );
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
