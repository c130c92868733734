import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Stack } from '../src/index.ts';
import { ada, mug, readSettings, serviceUrl, startStack } from '../src/index.ts';
import { createClient } from './journey-client.ts';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';

let dataDir: string;
let databases: Awaited<ReturnType<typeof openStackDatabases>>;
let stack: Stack;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'auth-jwks-'));
  databases = await openStackDatabases();
  const portBase = await freePortBase();
  const settings = readSettings({ ...env, ...databases.env, PORT_BASE: String(portBase), DATA_DIR: dataDir });
  const AUTH_JWKS_URL = `${serviceUrl('user', portBase)}/.well-known/jwks.json`;
  stack = await startStack({ settings, watch: false, seed: true, say: () => undefined, serviceEnv: { AUTH_JWKS_URL } });
}, 60_000);
afterAll(async () => {
  await stack?.close();
  await databases?.drop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('product and order with AUTH_JWKS_URL', () => {
  it('serve those who are logged in, also when the user app has gone', async () => {
    const { email, password } = ada;
    const login = await createClient().json<{ access_token: string }>('POST', `${stack.urls.user}/auth/login`, {
      email,
      password,
    });
    const client = createClient(login.access_token);
    const items = [{ productId: mug.id, quantity: 1 }];
    const placed = await client.json<{ status: string }>('POST', `${stack.urls.order}/orders`, { items });
    expect(placed.status).toBe('placed');

    await stack.stop('user');
    expect(await client.status('GET', `${stack.urls.product}/products`)).toBe(200);
    expect(await client.status('GET', `${stack.urls.order}/orders`)).toBe(200);
  });
});
