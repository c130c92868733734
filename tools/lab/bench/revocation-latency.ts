// pnpm bench:revocation: time from the answer to a logout until product and order refuse the token, over both transports.

import { availableParallelism } from 'node:os';
import { startCommand } from '@auth/command';
import { mug } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { assertOk, logIn, post } from '../measure/client.ts';
import { lineChart } from '../measure/line-chart.ts';
import { writePlots } from '../measure/page.ts';
import { percentile } from '../measure/spread.ts';
import { type LabStack, withStack } from '../measure/stack.ts';
import { describeTimes } from '../measure/steady-requests.ts';

const { variables } = startCommand(labCommands['bench:revocation']);

const logouts = Number(variables.LOGOUTS);
const say = (line: string) => process.stdout.write(`${line}\n`);

/** The setting of each transport, and the limit of its p99 in milliseconds. */
const transports = [
  { name: 'log file', serviceEnv: {}, limitMs: 1000, colour: '#2a6fdb' },
  { name: 'Redis stream', serviceEnv: { REVOCATIONS: variables.REDIS_URL }, limitMs: 100, colour: '#2c9c5b' },
] as const;

const results: { name: string; colour: string; times: number[]; isGood: boolean }[] = [];
say(`node ${process.version}, ${availableParallelism()} cores, ${logouts} logouts for each transport`);
for (const { name, serviceEnv, limitMs, colour } of transports) {
  const times = await withStack({ portBase: variables.PORT_BASE, serviceEnv, logLevel: 'fatal' }, measure);
  const isGood = percentile(times, 0.99) < limitMs;
  say(`${describeTimes(name, times)}  ${isGood ? 'under' : 'NOT under'} ${limitMs} ms`);
  results.push({ name, colour, times, isGood });
}
/** For each share of the logouts, the longest time. */
const shares = Array.from({ length: 101 }, (_, percent) => Math.max(percent, 1) / 100);
const chart = lineChart({
  title: `From the answer to a logout until product and order refuse the token (${logouts} logouts)`,
  xLabel: 'percent of the logouts',
  yLabel: 'milliseconds at most',
  series: results.map(({ name, colour, times }) => ({
    name,
    colour,
    values: shares.map((share) => percentile(times, share)),
  })),
});
await writePlots({ 'revocation-latency.svg': chart });
say('drew docs/plots/revocation-latency.svg');
process.exitCode = results.every(({ isGood }) => isGood) ? 0 : 1;

/** Times from the answer to each logout until both services refuse its token, in milliseconds. */
async function measure({ urls }: LabStack): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < logouts; count += 1) {
    const { access_token, refresh_token } = await logIn(urls.user);
    const headers = { authorization: `Bearer ${access_token}` };
    const targets = [`${urls.product}/products/${mug.id}`, `${urls.order}/orders?limit=1`];
    for (const target of targets) await (await assertOk(await fetch(target, { headers }))).arrayBuffer();
    await assertOk(await post(`${urls.user}/auth/logout`, { refresh_token }));
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
