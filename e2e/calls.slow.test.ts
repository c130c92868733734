import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@auth/contracts';
import { ada, mug, readSettings, repositoryRoot, type Stack, startStack } from '@auth/dev';
import { newDataDir } from '@auth/testkit/dev-process';
import { createServiceTokenSigner, type OutboundKeys, parseCalls } from '@auth/verify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from './journey-client.ts';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';

let portBase: number;
let data: ReturnType<typeof newDataDir>;
let databases: Awaited<ReturnType<typeof openStackDatabases>>;
let stack: Stack;

beforeAll(async () => {
  data = newDataDir();
  [portBase, databases] = await Promise.all([freePortBase(), openStackDatabases()]);
  const env = { ...process.env, ...databases.env, PORT_BASE: String(portBase), DATA_DIR: data.dataDir };
  const serviceEnv = { LOG_FORMAT: 'json' };
  stack = await startStack({ settings: readSettings(env), watch: false, say: () => undefined, serviceEnv, seed: true });
}, 60_000);

afterAll(async () => {
  await stack?.close();
  await databases?.drop();
  data.remove();
});

describe('pnpm calls live, for running services', () => {
  it('shows the calls of an order, a forged call, and a call of a service that is not listed', async () => {
    expect((await callsLive()).report).toMatch(
      /^no calls\n\nallowed but never used:\n {2}order -> user:contacts\.read\n {2}order -> product:quotes\.create\n/,
    );

    const fromUser = await letProductKnow('user');
    // A service that has just started refuses each call once before it allows the call: tokens.md §3.
    await delay(justStartedMs);
    await placeOrder();
    expect(await callProduct('order', await forgedKeys())).toBe(400);
    expect(await callProduct('user', fromUser)).toBe(403);
    expect((await fetch(`${stack.urls.order}/internal/refunds`)).status).toBe(404);

    const { code, report } = await callsLive();
    expect(code).toBe(0);
    const [table, unused] = report.split('\n\n');
    expect(table?.split('\n')).toEqual([
      'caller   operation              allowed  refused  why',
      'order    user:contacts.read           1        0',
      'order    product:quotes.create        1        0',
      'user     product:quotes.create        0        1  caller 1            NOT ALLOWED',
      'unknown  product:quotes.create        0        1  signature 1         not authenticated',
      'unknown  unmatched (at order)         0        1  not_an_operation 1  no operation',
    ]);
    expect(unused).not.toContain('order ->');
    expect(stack.lines('product').filter((line) => line.includes('"audit"'))).toHaveLength(3);

    await stack.stop('product');
    const without = await callsLive();
    expect(without.code).toBe(0);
    expect(without.report).toContain(`product at http://127.0.0.1:${portBase + 102} does not answer: ECONNREFUSED;`);
    expect(without.report).toContain('order    user:contacts.read          1        0');
  }, 60_000);
});

/** Skew and one second. */
const justStartedMs = 6000;

/** Runs the script of package.json, with only the ports of this stack in its environment. */
async function callsLive(): Promise<{ code: number; report: string }> {
  const { scripts } = JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8'));
  const env = { ...process.env, PORT_BASE: String(portBase) };
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', `exec ${scripts.calls} live`], { cwd: repositoryRoot, env }, (error, stdout, stderr) => {
      if (stderr !== '') reject(new Error(stderr));
      else resolve({ code: Number(error?.code ?? 0), report: stdout });
    });
  });
}

/** Gives product the key of a caller that no operation lists: such a caller is known, but not allowed. */
async function letProductKnow(caller: string): Promise<OutboundKeys> {
  const key = { kid: `${caller}.product.1`, secret: randomBytes(32).toString('base64url'), state: 'active' };
  const file = stack.keyFiles.product;
  const document = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...document, accepts: { ...document.accepts, [caller]: [key] } }));
  await stack.stop('product');
  await stack.start('product');
  return parseCalls({ product: [key] });
}

/** Order's key id, with another secret. */
async function forgedKeys(): Promise<OutboundKeys> {
  const { calls } = JSON.parse(await readFile(stack.keyFiles.order, 'utf8'));
  return parseCalls({ product: [{ ...calls.product[0], secret: randomBytes(32).toString('base64url') }] });
}

async function placeOrder(): Promise<void> {
  const { email, password } = ada;
  const login = { email, password };
  const { access_token: token } = await createClient().json<{ access_token: string }>(
    'POST',
    `${stack.urls.user}/auth/login`,
    login,
  );
  const items = [{ productId: mug.id, quantity: 2 }];
  expect(await createClient(token).status('POST', `${stack.urls.order}/orders`, { items })).toBe(201);
}

/** Requests a quote from product, with any keys. */
async function callProduct(caller: string, keys: OutboundKeys): Promise<number> {
  const operation = operations['product:quotes.create'];
  const content = JSON.stringify({ items: [{ productId: mug.id, quantity: 1 }] });
  const signer = createServiceTokenSigner({ service: caller, keys, now: () => Date.now() / 1000 });
  const serviceToken = signer.sign({
    operation,
    target: operation.path,
    content: Buffer.from(content),
    accessToken: undefined,
  });
  const headers = { 'Service-Token': serviceToken, 'Content-Type': 'application/json' };
  const response = await fetch(`${stack.urls.product}${operation.path}`, { method: 'POST', headers, body: content });
  await response.arrayBuffer();
  return response.status;
}
