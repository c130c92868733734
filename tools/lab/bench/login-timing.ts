// pnpm bench:login-timing: whether the time of an answer reveals accounts. Exits 1 when two medians differ by more than the limit.

import { randomUUID } from 'node:crypto';
import { startCommand } from '@auth/command';
import { ada } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { post } from '../measure/client.ts';
import { orderOf, percentile } from '../measure/spread.ts';
import { withStack } from '../measure/stack.ts';
import { describeTimes, timeOf } from '../measure/steady-requests.ts';

const { variables } = startCommand(labCommands['bench:login-timing']);

const tries = 200;
const limit = 0.05;
const cost = 12;
const serviceEnv = {
  BCRYPT_COST: String(cost),
  REGISTRATION: 'neutral',
  REGISTRATIONS_PER_ADDRESS: '0',
  LOGIN_TRIES_PER_ADDRESS: '0',
  LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS: '0',
  LOGIN_TRIES_PER_ACCOUNT: '0',
};

/** A kind of request, and the status of its answer. */
interface Kind {
  readonly name: string;
  readonly status: number;
  send(): Promise<Response>;
}

const isGood = await withStack({ portBase: variables.PORT_BASE, serviceEnv }, async ({ urls: { user } }) => {
  const logIn = (email: string) => post(`${user}/auth/login`, { email, password: 'not-the-password-1843' });
  const register = (email: string) =>
    post(`${user}/auth/register`, { email, password: 'nanosecond-wire-30cm', name: 'Grace' });
  const newEmail = () => `${randomUUID()}@example.com`;
  const known = newEmail();
  await register(known);
  const logins = await compare([
    { name: 'login, unknown e-mail', status: 401, send: () => logIn(newEmail()) },
    { name: `login, hash of cost ${cost}`, status: 401, send: () => logIn(known) },
    // The demo accounts are hashed at the lowest cost.
    { name: 'login, hash of a lower cost', status: 401, send: () => logIn(ada.email) },
  ]);
  const registrations = await compare([
    { name: 'neutral registration, new e-mail', status: 202, send: () => register(newEmail()) },
    { name: 'neutral registration, known e-mail', status: 202, send: () => register(known) },
  ]);
  return logins && registrations;
});
process.exitCode = isGood ? 0 : 1;

/** Sends the kinds in turn, in changing order, and compares their median times. */
async function compare(kinds: readonly Kind[]): Promise<boolean> {
  const timesOf = new Map(kinds.map((kind): [Kind, number[]] => [kind, []]));
  for (let round = 0; round < tries; round += 1) {
    for (const kind of orderOf(kinds, round)) timesOf.get(kind)?.push(await timeOf(() => sendOnce(kind)));
  }
  for (const [{ name }, times] of timesOf) process.stdout.write(`${describeTimes(name, times)}\n`);
  const medians = [...timesOf.values()].map((times) => percentile(times, 0.5));
  const difference = Math.max(...medians) / Math.min(...medians) - 1;
  const within = difference <= limit;
  process.stdout.write(
    `medians differ by ${(difference * 100).toFixed(1)} %: ${within ? 'within' : 'NOT within'} ${limit * 100} %\n`,
  );
  return within;
}

async function sendOnce({ name, status, send }: Kind): Promise<void> {
  const response = await send();
  await response.arrayBuffer();
  if (response.status !== status) throw new Error(`${name} answered ${response.status}`);
}
