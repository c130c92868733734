import { ada, databaseNames, databaseSetting, mug, type Stack } from '@auth/dev';
import { type PgBouncer, skipsWithoutPgBouncer, startPgBouncer } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createClient } from './journey-client.ts';
import { loggedLines } from './logged-lines.ts';
import { openStackDatabases } from './stack-databases.ts';
import { logIn, openTestStack } from './test-stack.ts';

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Opens the databases of a stack behind one PgBouncer. They are created and migrated without it. */
async function openPooledDatabases() {
  const { env, drop } = await openStackDatabases();
  const urls = databaseNames.map((name) => [databaseSetting(name), env[databaseSetting(name)] ?? ''] as const);
  const target = urls[0]?.[1] ?? '';
  const settings = { admin_users: decodeURIComponent(new URL(target).username) };
  const pooler: PgBouncer = await startPgBouncer({ target, settings });
  const direct = urls.map(([setting, url]) => [setting.replace('DATABASE_URL', 'DATABASE_DIRECT_URL'), url] as const);
  return {
    env: {
      ...Object.fromEntries(urls.map(([setting, url]) => [setting, pooler.url(nameOf(url))])),
      ...Object.fromEntries(direct),
      DATABASE_POOLER: 'transaction',
    },
    async drop() {
      await pooler.stop();
      await drop();
    },
  };
}

/** Sends a command to the console of the pooler of a service. */
async function commandPooler(stack: Stack, command: string): Promise<void> {
  const console = new pg.Client(Object.assign(new URL(stack.databaseUrls.user), { pathname: '/pgbouncer' }).href);
  await console.connect();
  await console.query(command);
  await console.end();
}

async function untilReady({ urls }: Stack): Promise<void> {
  const isReady = async (url: string) => (await fetch(`${url}/readyz`)).ok;
  while (!(await Promise.all(Object.values(urls).map(isReady))).every(Boolean));
}

/** Logs in and out. Resolves with the time for which the product app accepted the access token after the logout, in ms. */
async function logoutDelay(stack: Stack): Promise<number> {
  const { user, product } = stack.urls;
  const login = { email: ada.email, password: ada.password };
  const tokens = await createClient().json<{ access_token: string; refresh_token: string }>(
    'POST',
    `${user}/auth/login`,
    login,
  );
  const customer = createClient(tokens.access_token);
  const mugUrl = `${product}/products/${mug.id}`;
  expect(await customer.status('GET', mugUrl)).toBe(200);
  const { refresh_token } = tokens;
  expect(await createClient().status('POST', `${user}/auth/logout`, { refresh_token })).toBe(204);
  const since = performance.now();
  while ((await customer.status('GET', mugUrl)) === 200 && performance.now() - since < 30_000);
  return performance.now() - since;
}

const describeOrSkip = skipsWithoutPgBouncer('all services behind PgBouncer') ? describe.skip : describe;

describeOrSkip.each([
  ['with a direct URL', {}],
  ['without a direct URL', { DATABASE_DIRECT_URL: '' }],
])('all services behind a stock PgBouncer in transaction pooling, %s', (_case, serviceEnv: Record<string, string>) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await openTestStack({
      openDatabases: openPooledDatabases,
      serviceEnv: () => ({ LOG_FORMAT: 'json', ...serviceEnv }),
    });
  }, 120_000);
  afterAll(() => stack?.close());

  it('serves a login, an order and its contact', async () => {
    const customer = await logIn(stack, ada);
    const order = { items: [{ productId: mug.id, quantity: 1 }] };
    const placed = await customer.json<{ id: string; contact: { email: string } | null }>(
      'POST',
      `${stack.urls.order}/orders`,
      order,
    );
    expect(placed.contact).toMatchObject({ email: ada.email });
    expect(await customer.json('GET', `${stack.urls.order}/orders/${placed.id}`)).toEqual(placed);
  }, 60_000);

  it('publishes a logout to the product app, also after a restart of the user app', async () => {
    expect(await logoutDelay(stack)).toBeLessThan(10_000);
    await stack.stop('user');
    await stack.start('user');
    // A new process leads. The state of the previous one at the pooler must not delay this for longer than the lease.
    expect(await logoutDelay(stack)).toBeLessThan(25_000);
  }, 120_000);

  it('warns at the start about missing settings alone', async () => {
    for (const name of databaseNames) {
      const lines = (await loggedLines(stack, name)).map((line) => JSON.parse(line.slice(line.indexOf('{'))));
      const warnings = lines.filter(({ msg }) => /DATABASE_DIRECT_URL/.test(msg));
      const starts = lines.filter(({ msg }) => /^listening on/.test(msg));
      expect(warnings.length).toBe('DATABASE_DIRECT_URL' in serviceEnv ? starts.length : 0);
      expect(lines.filter(({ msg }) => /database cannot be used/.test(msg))).toEqual([]);
    }
  }, 60_000);

  it('answers 503 while the pooler is paused, and loses no data', async () => {
    const { user, product, order } = stack.urls;
    const { access_token, refresh_token } = await createClient().json<Record<string, string>>(
      'POST',
      `${user}/auth/login`,
      {
        email: ada.email,
        password: ada.password,
      },
    );
    const ask = () =>
      Promise.all([
        fetch(`${user}/auth/refresh`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ refresh_token }),
        }),
        ...[`${product}/products/${mug.id}`, `${order}/orders`].map((url) =>
          fetch(url, { headers: { Authorization: `Bearer ${access_token}` } }),
        ),
      ]);
    await commandPooler(stack, 'PAUSE');
    const since = performance.now();
    const answers = await ask();
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(answers.map(({ headers }) => Number(headers.get('retry-after')) > 0)).toEqual([true, true, true]);
    expect(performance.now() - since).toBeLessThan(15_000);
    await commandPooler(stack, 'RESUME');
    await untilReady(stack);
    expect((await ask()).map(({ status }) => status)).toEqual([200, 200, 200]);
  }, 120_000);
});
