// pnpm bench:idle: processor time and memory of idle services, and of product under load.

import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { startCommand } from '@auth/command';
import { labCommands } from '../commands.ts';
import { cpuSecondsOf } from '../compare/cpu-time.ts';
import { createBenchOutput } from './bench-output.ts';
import { startBuilt, startDev } from './idle-services.ts';

const { options, variables } = startCommand(labCommands['bench:idle']);

/** The work of the start is over by then, that of the compiler too; V8 collects and shrinks the heap twice in this time. */
const settleMs = 40_000;
const idleMs = 60_000;
const loadMs = 15_000;
const connections = 16;
const { say, publish } = createBenchOutput('idle');

const running = await (options.dev ? startDev : startBuilt)(Number(variables.PORT_BASE));
try {
  const token = await logIn(running.urls.user);
  await delay(settleMs);
  const before = new Map([...running.pids].map(([name, pid]) => [name, cpuSecondsOf(pid)]));
  await delay(idleMs);
  for (const [name, pid] of running.pids) {
    const percent = ((cpuSecondsOf(pid) - (before.get(name) ?? 0)) / idleMs) * 100_000;
    say(`${name}: idle ${percent.toFixed(2)} % of a processor, ${memoryOf(pid)}`);
  }
  const pid = running.pids.get('product') ?? 0;
  const url = `${running.urls.product}/products?limit=10`;
  const cpuBefore = cpuSecondsOf(pid);
  const answered = await load(url, { authorization: `Bearer ${token}` });
  const microseconds = ((cpuSecondsOf(pid) - cpuBefore) / answered) * 1e6;
  say(
    `product: ${Math.round(answered / (loadMs / 1000))} requests/s over ${connections} connections, ${microseconds.toFixed(0)} µs of a processor each, ${memoryOf(pid)}`,
  );
  say(`${running.what}, ${idleMs / 1000} s idle, ${settleMs / 1000} s after the start`);
} finally {
  await running.stop();
}
if (options.write) await publish();

/** Resident memory, and the most of it so far, in MB. */
function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
  return `${megabytes('VmRSS')} MB of memory (at most ${megabytes('VmHWM')})`;
}

/** Makes an account. Returns an access token of it. */
async function logIn(user: string): Promise<string> {
  const account = { email: 'bench@example.com', password: 'a-password-for-the-bench' };
  const ask = async (path: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(user + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  await ask('/auth/register', { ...account, name: 'Bench' });
  const answer = await ask('/auth/login', account);
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) return String(answer.access_token);
  throw new Error(`no token: ${JSON.stringify(answer)}`);
}

/** Sends requests without a break over each connection. Returns how many were answered with 200. */
async function load(url: string, headers: Record<string, string>): Promise<number> {
  const end = performance.now() + loadMs;
  let answered = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (performance.now() < end) {
        await new Promise((resolve, reject) => {
          get(url, { agent, headers }, (response) => {
            if (response.statusCode === 200) answered += 1;
            response.resume().on('end', resolve);
          }).on('error', reject);
        });
      }
      agent.destroy();
    }),
  );
  return answered;
}
