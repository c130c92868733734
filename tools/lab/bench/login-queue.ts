// pnpm bench:logins: latency of other requests at the user app while logins queue. Exits 1 above the limit.

import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { startCommand } from '@auth/command';
import { ada } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { assertOk, logIn, post } from '../measure/client.ts';
import { percentile } from '../measure/spread.ts';
import { withStack } from '../measure/stack.ts';
import { describeTimes, timeSteadily } from '../measure/steady-requests.ts';

const { variables } = startCommand(labCommands['bench:logins']);

const logins = 40;
const limitMs = 100;
const routes = ['/livez', '/users/me'] as const;
const say = (line: string) => process.stdout.write(`${line}\n`);

const isGood = await withStack(
  { portBase: variables.PORT_BASE, serviceEnv: { BCRYPT_COST: '12' } },
  async ({ urls: { user } }) => {
    const { access_token } = await logIn(user);
    const headers = { authorization: `Bearer ${access_token}` };
    const probe = (path: string) => async () =>
      void (await (await assertOk(await fetch(user + path, { headers }))).arrayBuffer());
    const measureUntil = (until: Promise<unknown>) =>
      Promise.all(routes.map((path) => timeSteadily(probe(path), { everyMs: 20, until })));

    // The first requests compile the code of the later ones.
    await measureUntil(delay(1000));
    const idle = await measureUntil(delay(3000));
    const started = performance.now();
    // Unknown addresses: their passwords are hashed at the configured cost, the demo account's at a lower one.
    const body = (index: number) => ({ email: `nobody-${index}@example.com`, password: ada.password });
    const queued = Promise.all(Array.from({ length: logins }, (_, index) => post(`${user}/auth/login`, body(index))));
    const busy = await measureUntil(queued);
    const seconds = (performance.now() - started) / 1000;
    const statuses = [...new Set((await queued).map(({ status }) => status))].join();
    if (statuses !== '401') throw new Error(`logins answered ${statuses}`);

    say(`node ${process.version}, ${availableParallelism()} cores, ${logins} logins in ${seconds.toFixed(1)} s`);
    for (const [index, path] of routes.entries()) {
      say(describeTimes(`${path} idle`, idle[index] ?? []));
      say(describeTimes(`${path} while ${logins} logins queue`, busy[index] ?? []));
    }
    const worst = Math.max(...busy.map((times) => percentile(times, 0.99)));
    say(`p99 ${worst.toFixed(1)} ms: ${worst < limitMs ? 'under' : 'NOT under'} ${limitMs} ms`);
    return worst < limitMs;
  },
);
process.exitCode = isGood ? 0 : 1;
