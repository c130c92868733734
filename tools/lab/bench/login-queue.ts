// pnpm bench:logins: how long others wait at the user app while logins queue. Exits 1 above the limit.

import { availableParallelism } from 'node:os';
import { startCommand } from '@auth/command';
import { ada } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { withBenchStack } from './bench-stack.ts';
import { describeTimes, percentile, timeSteadily } from './latency.ts';

const { variables } = startCommand(labCommands['bench:logins']);

const logins = 40;
const limitMs = 100;
const routes = ['/livez', '/users/me'] as const;

process.exitCode = (await withBenchStack({ BCRYPT_COST: '12' }, ({ user }) => run(user), variables.PORT_BASE)) ? 0 : 1;

async function run(base: string): Promise<boolean> {
  // Another password than the demo one costs as much as it, and an unknown address as much as both: all of them at cost 12.
  const logIn = (email: string) =>
    fetch(`${base}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: ada.password }),
    });
  const answer: unknown = await (await logIn(ada.email)).json();
  const token = typeof answer === 'object' && answer !== null && 'access_token' in answer ? answer.access_token : '';
  const headers = { authorization: `Bearer ${String(token)}` };
  const probe = (path: string) => async () => {
    const response = await fetch(base + path, { headers });
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  };
  const measureUntil = (done: Promise<unknown>) =>
    Promise.all(routes.map((path) => timeSteadily(probe(path), { everyMs: 20, until: done })));

  // The first requests compile what the later ones run.
  await measureUntil(after(1000));
  const idle = await measureUntil(after(3000));
  const started = performance.now();
  const queued = Promise.all(Array.from({ length: logins }, (_, index) => logIn(`nobody-${index}@example.com`)));
  const busy = await measureUntil(queued);
  const seconds = (performance.now() - started) / 1000;
  const statuses = new Set((await queued).map(({ status }) => status));
  if ([...statuses].join() !== '401') throw new Error(`logins answered ${[...statuses].join(', ')}`);

  process.stdout.write(
    `node ${process.version}, ${availableParallelism()} cores, ${logins} logins in ${seconds.toFixed(1)} s\n`,
  );
  for (const [index, path] of routes.entries()) {
    process.stdout.write(`${describeTimes(`${path} idle`, idle[index] ?? [])}\n`);
    process.stdout.write(`${describeTimes(`${path} while ${logins} logins queue`, busy[index] ?? [])}\n`);
  }
  const worst = Math.max(...busy.map((times) => percentile(times, 0.99)));
  const good = worst < limitMs;
  process.stdout.write(`p99 ${worst.toFixed(1)} ms: ${good ? 'under' : 'NOT under'} ${limitMs} ms\n`);
  return good;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
