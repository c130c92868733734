import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from '@auth/db/connection';
import { type AppName, ada, admin, databaseNames, databaseSetting, mug, type Stack } from '@auth/dev';
import { type Postgres, startPostgres } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { faults } from './database-faults.ts';
import { type GatewayBrowser, openNewBrowser } from './gateway-browser.ts';
import { openTestStack } from './test-stack.ts';

const password = 'horse-battery-9';
const cannot = 'the database cannot be used';
const canAgain = 'the database can be used again';

let postgres: Postgres;
let root: pg.Client;
let stack: Stack;

const connect = async (database: string): Promise<pg.Client> => {
  const client = createConnection({ url: postgres.url(database) });
  await client.connect();
  return client;
};

beforeAll(async () => {
  postgres = await startPostgres({});
  root = await connect('postgres');
  await root.query(`create role shop login password '${password}'`);
  for (const name of databaseNames) await root.query(`create database ${root.escapeIdentifier(name)} owner shop`);
  const urlOf = (name: string) => {
    const url = new URL(postgres.url(name));
    [url.username, url.password] = ['shop', password];
    return url.href;
  };
  stack = await openTestStack({
    serviceEnv: () => ({ LOG_FORMAT: 'json' }),
    openDatabases: async () => ({
      env: Object.fromEntries(databaseNames.map((name) => [databaseSetting(name), urlOf(name)])),
      drop: async () => undefined,
    }),
  });
}, 120_000);

afterAll(async () => {
  await stack?.close();
  await root?.end();
  await postgres?.stop();
});

/** Tokens and cookies that clients have before the database fails, and use again afterwards. */
interface Held {
  readonly access: string;
  readonly editor: string;
  readonly refreshToken: string;
  readonly orderId: string;
  readonly sku: string;
  readonly browser: GatewayBrowser;
}

async function send(method: string, url: string, token: string | undefined, body?: unknown): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
  return fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

async function logIn({ email, password: secret }: { readonly email: string; readonly password: string }) {
  const answer = await send('POST', `${stack.urls.user}/auth/login`, undefined, { email, password: secret });
  return (await answer.json()) as { access_token: string; refresh_token: string };
}

async function hold(): Promise<Held> {
  const [customer, editor] = [await logIn(ada), await logIn(admin)];
  const items = [{ productId: mug.id, quantity: 1 }];
  const placed = await send('POST', `${stack.urls.order}/orders`, customer.access_token, { items });
  const { id } = (await placed.json()) as { id: string };
  return {
    access: customer.access_token,
    editor: editor.access_token,
    refreshToken: customer.refresh_token,
    orderId: id,
    sku: `sku-${Date.now()}`,
    browser: await openNewBrowser(stack.urls.gateway),
  };
}

/** One request to each service that writes to its own database. */
const writes: Readonly<Record<(typeof databaseNames)[number], (held: Held) => Promise<Response>>> = {
  user: ({ refreshToken }) =>
    send('POST', `${stack.urls.user}/auth/refresh`, undefined, { refresh_token: refreshToken }),
  product: ({ editor, sku }) =>
    send('POST', `${stack.urls.product}/products`, editor, { sku, name: 'Mug', price: 1, currency: 'EUR', stock: 1 }),
  order: ({ access, orderId }) => send('POST', `${stack.urls.order}/orders/${orderId}/cancel`, access),
  gateway: ({ browser }) => browser.send('DELETE', '/session'),
};

/** More writing requests to the user app: a login, and a logout that must have no effect. */
const others = ({ refreshToken }: Held): Promise<Response>[] => [
  send('POST', `${stack.urls.user}/auth/login`, undefined, { email: ada.email, password: ada.password }),
  send('POST', `${stack.urls.user}/auth/logout`, undefined, { refresh_token: refreshToken }),
];

const each = <T>(ask: (name: (typeof databaseNames)[number]) => Promise<T>): Promise<T[]> =>
  Promise.all(databaseNames.map(ask));

const readiness = () => each(async (name) => (await fetch(`${stack.urls[name]}/readyz`)).status);

/** Returns the reasons that a service has logged from a line on, and whether it has logged the recovery at the end. */
const loggedSince = (name: AppName, start: number) =>
  stack
    .lines(name)
    .slice(start)
    .filter((line) => line.includes(cannot) || line.includes(canAgain))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as { msg: string; reason?: string });

async function untilAvailable(ask: () => Promise<Response>): Promise<Response> {
  const answer = await ask();
  return answer.status === 503 ? untilAvailable(ask) : answer;
}

describe.each(faults)('with a database that is %s', (_case, reason, ready, createFault) => {
  it('every service answers 503, logs the reason once, and accepts the same tokens afterwards', async () => {
    const [held, fault] = [await hold(), createFault({ connect, root, password })];
    const starts = await each(async (name) => stack.lines(name).length);
    await fault.begin();
    try {
      const answers = await Promise.all([...databaseNames.map((name) => writes[name](held)), ...others(held)]);
      for (const answer of answers) {
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
        expect(await answer.json()).toMatchObject({ code: 'unavailable' });
      }
      expect(await readiness()).toEqual(databaseNames.map(() => ready));
      await each((name) => writes[name](held));
    } finally {
      await fault.end();
    }
    // A connection that was opened or ended meanwhile may cause one more 503.
    const again = await each((name) => untilAvailable(() => writes[name](held)));
    expect(again.map(({ status }) => status)).toEqual([200, 201, 200, 204]);
    while ((await readiness()).some((status) => status !== 200));

    await each(async (name) => {
      const start = starts[databaseNames.indexOf(name)] ?? 0;
      // A success is logged as recovery after some seconds without a fault.
      while (loggedSince(name, start).at(-1)?.msg !== canAgain) {
        await fetch(`${stack.urls[name]}/readyz`);
        await delay(200);
      }
      // A statement whose connection was ended is logged as well, with its own reason.
      const logged = loggedSince(name, start).filter((line) => !/\(57P01\)$/.test(line.reason ?? ''));
      expect([name, ...logged]).toMatchObject([name, { reason: expect.stringMatching(reason) }, { msg: canAgain }]);
      const lines = stack.lines(name).slice(start).join('\n');
      expect(lines).not.toContain(password);
      // Background work does not log the same reason again.
      expect(lines).not.toMatch(/Prisma.*(?:work is retried later|be removed|counted in memory)/);
    });
  }, 120_000);
});
