// pnpm bench:idle: processor time and memory of idle services, and of product under load.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startCommand } from '@auth/command';
import { labCommands } from '../commands.ts';
import { assertOk, logIn, post } from '../measure/client.ts';
import { cpuSecondsOf } from '../measure/cpu-time.ts';
import { openLoad } from '../measure/load.ts';
import { createBenchOutput } from '../measure/page.ts';
import { startBuilt, startDev } from './idle-services.ts';

const { options, variables } = startCommand(labCommands['bench:idle']);

/** Time until start and compilation are over, and V8 has shrunk the heap. */
const settleMs = 40_000;
const idleMs = 60_000;
const loadMs = 15_000;
const connections = 16;
const { say, publish } = createBenchOutput('idle');

const running = await (options.dev ? startDev : startBuilt)(Number(variables.PORT_BASE));
try {
  const account = { email: 'bench@example.com', password: 'a-password-for-the-bench' };
  await assertOk(await post(`${running.urls.user}/auth/register`, { ...account, name: 'Bench' }));
  const { access_token } = await logIn(running.urls.user, account);
  await delay(settleMs);
  const before = new Map([...running.pids].map(([name, pid]) => [name, cpuSecondsOf(pid)]));
  await delay(idleMs);
  for (const [name, pid] of running.pids) {
    const percent = ((cpuSecondsOf(pid) - (before.get(name) ?? 0)) / idleMs) * 100_000;
    say(`${name}: idle ${percent.toFixed(2)} % of a processor, ${memoryOf(pid)}`);
  }
  const pid = running.pids.get('product') ?? 0;
  const cpuBefore = cpuSecondsOf(pid);
  const load = openLoad();
  const { times, seconds } = await load.run({
    ask: { origin: running.urls.product, path: '/products?limit=10' },
    clients: Array.from({ length: connections }, () => ({ authorization: `Bearer ${access_token}` })),
    until: { ms: loadMs },
  });
  await load.close();
  const microseconds = ((cpuSecondsOf(pid) - cpuBefore) / times.length) * 1e6;
  say(
    `product: ${Math.round(times.length / seconds)} requests/s over ${connections} connections, ${microseconds.toFixed(0)} µs of a processor each, ${memoryOf(pid)}`,
  );
  say(`${running.what}, ${idleMs / 1000} s idle, ${settleMs / 1000} s after the start`);
} finally {
  await running.stop();
}
if (options.write) await publish();

/** Resident memory of a process and its maximum so far, in MB. */
function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) =>
    Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
  return `${megabytes('VmRSS')} MB of memory (at most ${megabytes('VmHWM')})`;
}
