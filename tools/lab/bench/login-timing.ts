// pnpm bench:login-timing: whether time tells who has an account. Exits 1 when two medians differ by more than the limit.

import { randomUUID } from 'node:crypto';
import { startCommand } from '@auth/command';
import { ada } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { withBenchStack } from './bench-stack.ts';
import { describeTimes, percentile } from './latency.ts';

const { variables } = startCommand(labCommands['bench:login-timing']);

const tries = 200;
const limit = 0.05;
const cost = 12;

/** One kind of request, and how it must be answered. */
interface Kind {
  readonly name: string;
  readonly status: number;
  send(): Promise<Response>;
}

const off = { LOGIN_TRIES_PER_ADDRESS: '0', LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS: '0', LOGIN_TRIES_PER_ACCOUNT: '0' };
const good = await withBenchStack(
  { BCRYPT_COST: String(cost), REGISTRATION: 'neutral', REGISTRATIONS_PER_ADDRESS: '0', ...off },
  async ({ user }) => {
    const post = (path: string, body: object) =>
      fetch(user + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const logIn = (email: string) => post('/auth/login', { email, password: 'not-the-password-1843' });
    const register = (email: string) =>
      post('/auth/register', { email, password: 'nanosecond-wire-30cm', name: 'Grace' });
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
  },
  variables.PORT_BASE,
);
process.exitCode = good ? 0 : 1;

/** One try of each kind after the other, so that whatever else the machine does falls on all alike. */
async function compare(kinds: readonly Kind[]): Promise<boolean> {
  const times = kinds.map((): number[] => []);
  for (let round = 0; round < tries; round += 1) {
    for (let turn = 0; turn < kinds.length; turn += 1) {
      // Not always in the same order: what comes first in a round must not be first in all of them.
      const index = (round + turn) % kinds.length;
      times[index]?.push(await time(kinds[index]));
    }
  }
  for (const [index, { name }] of kinds.entries()) {
    process.stdout.write(`${describeTimes(name, times[index] ?? [])}\n`);
  }
  const medians = times.map((list) => percentile(list, 0.5));
  const difference = Math.max(...medians) / Math.min(...medians) - 1;
  const isGood = difference <= limit;
  process.stdout.write(
    `medians differ by ${(difference * 100).toFixed(1)} %: ${isGood ? 'within' : 'NOT within'} ${limit * 100} %\n`,
  );
  return isGood;
}

async function time(kind: Kind | undefined): Promise<number> {
  const started = performance.now();
  const response = await kind?.send();
  await response?.arrayBuffer();
  const ms = performance.now() - started;
  if (response?.status !== kind?.status) throw new Error(`${kind?.name} answered ${response?.status}`);
  return ms;
}
