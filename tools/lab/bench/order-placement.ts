// pnpm bench:orders: the cost of authentication when an order is placed, which makes two calls to other services.

import { fileURLToPath } from 'node:url';
import { startCommand } from '@auth/command';
import { ada, mug, type Stack } from '@auth/dev';
import type { MetricsDocument } from '@auth/http';
import { hasRedisServer, startRedisServer } from '@auth/testkit/redis-server';
import { Client } from 'undici';
import { labCommands } from '../commands.ts';
import { logIn } from '../measure/client.ts';
import { createBenchOutput } from '../measure/page.ts';
import { ratioOf, type Spread, spreadOf } from '../measure/spread.ts';
import { withStack } from '../measure/stack.ts';

const { options, variables } = startCommand(labCommands['bench:orders']);

const rounds = Number(variables.ROUNDS);
const seconds = Number(variables.ROUND_SECONDS);
const connections = 8;
const warmUpOrders = 300;
const limit = 0.9;
const servicesOfAnOrder = ['order', 'product', 'user'] as const;

interface Composition {
  readonly name: string;
  readonly urls: Stack['urls'];
}

interface Round {
  readonly orders: number;
  readonly ordersPerSecond: number;
  /** Processor time of an order in all three services. */
  readonly cpuMs: number;
}

const passThrough = `--import=${fileURLToPath(new URL('./pass-through-hook.mjs', import.meta.url))}`;
const redis = hasRedisServer() ? await startRedisServer() : undefined;
const kinds: { name: string; port: string; settings: Record<string, string> }[] = [
  { name: 'no checks', port: '25000', settings: { NODE_OPTIONS: passThrough } },
  { name: 'all checks, single use in process', port: '25300', settings: {} },
  ...(redis ? [{ name: 'all checks, single use in Redis', port: '25600', settings: { REDIS_URL: redis.url } }] : []),
];
const { say, publish } = createBenchOutput('orders');
try {
  process.exitCode = (await openAll([])) ? 0 : 1;
  if (options.write) await publish();
} finally {
  await redis?.stop();
}

/** Starts one composition after the other, and then measures all of them. */
async function openAll(opened: readonly Composition[]): Promise<boolean> {
  const next = kinds[opened.length];
  if (next === undefined) return measureAll(opened);
  const { name, port, settings } = next;
  const serviceEnv = { LOG_FORMAT: 'json', ...settings };
  return withStack({ portBase: port, serviceEnv }, ({ urls }) => openAll([...opened, { name, urls }]));
}

async function measureAll(compositions: readonly Composition[]): Promise<boolean> {
  const placers = await Promise.all(compositions.map(openPlacer));
  await assertChecks(compositions);
  for (const place of placers) {
    // Enough orders for V8 to compile the code, also on a slow machine.
    for (let orders = 0; orders < warmUpOrders; ) orders += (await place(1)).orders;
  }
  const results: Round[][] = compositions.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, place] of placers.entries()) results[index]?.push(await place(seconds));
  }
  for (const place of placers) place.close();
  return report(compositions, results);
}

/** Checks with a forged token that the first composition verifies nothing and the others do. */
async function assertChecks(compositions: readonly Composition[]): Promise<void> {
  for (const [index, { name, urls }] of compositions.entries()) {
    const [token, other] = [await tokenOf(urls.user), await tokenOf(urls.user)];
    const altered = token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'));
    const answer = await fetch(`${urls.order}/orders?limit=1`, { headers: { authorization: `Bearer ${altered}` } });
    await answer.arrayBuffer();
    if (answer.ok !== (index === 0)) throw new Error(`${name}: a forged token is answered ${answer.status}`);
  }
}

/** Logs in and returns a function that places orders for some seconds: each connection sends the next one when the last is answered. */
async function openPlacer({ urls }: Composition) {
  const body = JSON.stringify({ items: [{ productId: mug.id, quantity: 2 }] });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(urls.user)}` };
  const clients = Array.from({ length: connections }, () => new Client(urls.order, { keepAliveTimeout: 60_000 }));
  const readCpu = () => cpuSecondsAt(servicesOfAnOrder.map((name) => urls[name]));
  async function place(forSeconds: number): Promise<Round> {
    let orders = 0;
    const cpuBefore = await readCpu();
    const started = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        while (performance.now() - started < forSeconds * 1000) {
          const answer = await client.request({ path: '/orders', method: 'POST', headers, body });
          const text = await answer.body.text();
          if (answer.statusCode !== 201 || !text.includes(ada.email)) throw new Error(`${answer.statusCode}: ${text}`);
          orders += 1;
        }
      }),
    );
    const ordersPerSecond = (orders * 1000) / (performance.now() - started);
    return { orders, ordersPerSecond, cpuMs: (((await readCpu()) - cpuBefore) * 1000) / orders };
  }
  return Object.assign(place, { close: () => void clients.map((client) => client.close()) });
}

async function tokenOf(user: string): Promise<string> {
  return (await logIn(user)).access_token;
}

/** Processor time that the services have used together since their start, in seconds, read from their admin ports. */
async function cpuSecondsAt(urls: readonly string[]): Promise<number> {
  const seconds = urls.map(async (url) => {
    const admin = new URL('/metrics.json', url);
    admin.port = String(Number(admin.port) + 100);
    const { metrics } = (await (await fetch(admin)).json()) as MetricsDocument;
    const value = metrics['process_cpu_seconds_total']?.[0]?.value;
    if (value === undefined) throw new Error(`${admin} has no process_cpu_seconds_total`);
    return value;
  });
  return (await Promise.all(seconds)).reduce((sum, each) => sum + each, 0);
}

function report(compositions: readonly Composition[], results: readonly Round[][]): boolean {
  const column = (member: 'ordersPerSecond' | 'cpuMs') => results.map((of) => of.map((round) => round[member]));
  const [speeds, costs] = [column('ordersPerSecond'), column('cpuMs')];
  say(`${rounds} rounds of ${seconds} s, ${connections} at once`);
  const ratios = compositions.map(({ name }, index) => {
    const [speed, ratio] = [spreadOf(speeds[index] ?? []), ratioOf(speeds[index] ?? [], speeds[0] ?? [])];
    const [cost, costRatio] = [spreadOf(costs[index] ?? []), ratioOf(costs[index] ?? [], costs[0] ?? [])];
    say(`${name}:`);
    say(`  ${text(speed, 1)} orders/s, of no checks: ${text(ratio, 3)}`);
    say(`  ${text(cost, 2)} ms of processor time of the services for an order, of no checks: ${text(costRatio, 3)}`);
    return ratio.median;
  });
  if (redis === undefined) say('no redis-server is here: single use in Redis was not measured');
  const good = ratios.every((ratio) => ratio >= limit);
  say(`requests/s ${good ? 'at least' : 'BELOW'} ${limit} of those without checks`);
  return good;
}

function text({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
