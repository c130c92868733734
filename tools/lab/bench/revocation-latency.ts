// pnpm bench:revocation: how long after a logout was answered product and order still take the token, over both transports.

import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startCommand } from '@auth/command';
import { ada, mug, repositoryRoot } from '@auth/dev';
import { labCommands } from '../commands.ts';
import type { DrillStack } from '../drill/drill-stack.ts';
import { withDrillStack } from '../drill/drill-stack.ts';
import { lineChart } from '../drill/line-chart.ts';
import { describeTimes, percentile } from './latency.ts';

const { variables } = startCommand(labCommands['bench:revocation']);

const logouts = Number(variables.LOGOUTS);
const redisUrl = variables.REDIS_URL;

/** How each transport is chosen, and the p99 that it must keep, in milliseconds. */
const transports = [
  { name: 'log file', settings: {}, limitMs: 1000, colour: '#2a6fdb' },
  { name: 'Redis stream', settings: { REVOCATIONS: redisUrl }, limitMs: 100, colour: '#2c9c5b' },
] as const;

const results: { name: string; colour: string; times: number[]; kept: boolean }[] = [];
process.stdout.write(
  `node ${process.version}, ${availableParallelism()} cores, ${logouts} logouts for each transport\n`,
);
for (const { name, settings, limitMs, colour } of transports) {
  const times = await withDrillStack({ ...settings }, measure);
  const kept = percentile(times, 0.99) < limitMs;
  process.stdout.write(`${describeTimes(name, times)}  ${kept ? 'under' : 'NOT under'} ${limitMs} ms\n`);
  results.push({ name, colour, times, kept });
}
process.stdout.write(`drew ${await draw()}\n`);
process.exitCode = results.every(({ kept }) => kept) ? 0 : 1;

/** From the answer to each logout until both services refuse the token of it. */
async function measure({ urls }: DrillStack): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < logouts; count += 1) {
    const { email, password } = ada;
    const login = await post(`${urls.user}/auth/login`, { email, password });
    const { access_token, refresh_token } = (await login.json()) as { access_token: string; refresh_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    const targets = [`${urls.product}/products/${mug.id}`, `${urls.order}/orders?limit=1`];
    for (const target of targets) await assertStatus(await fetch(target, { headers }), 200);
    await assertStatus(await post(`${urls.user}/auth/logout`, { refresh_token }), 204);
    const answered = performance.now();
    await Promise.all(targets.map((target) => untilRefused(target, headers)));
    times.push(performance.now() - answered);
  }
  return times;
}

async function untilRefused(target: string, headers: Record<string, string>): Promise<void> {
  for (;;) {
    const answer = await fetch(target, { headers });
    const text = await answer.text();
    if (answer.status === 401 && text.includes('"token_revoked"')) return;
    if (answer.status !== 200) throw new Error(`${target} answered ${answer.status}: ${text}`);
  }
}

async function assertStatus(answer: Response, status: number): Promise<void> {
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${answer.url} answered ${answer.status}: ${text}`);
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** For each share of the logouts, how long they took at most. */
async function draw(): Promise<string> {
  const folder = join(repositoryRoot, 'docs/plots');
  const shares = Array.from({ length: 101 }, (_, percent) => Math.max(percent, 1) / 100);
  const chart = lineChart({
    title: `From the answer to a logout until product and order refuse the token (${logouts} logouts)`,
    xLabel: 'percent of the logouts',
    yLabel: 'milliseconds at most',
    series: results.map(({ name, colour, times }) => ({
      ...{ name, colour },
      values: shares.map((share) => percentile(times, share)),
    })),
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'revocation-latency.svg'), chart);
  return 'docs/plots/revocation-latency.svg';
}
