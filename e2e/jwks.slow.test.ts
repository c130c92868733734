import { ada, mug, type Stack, serviceUrl } from '@auth/dev';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logIn, openTestStack } from './test-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openTestStack({
    serviceEnv: (portBase) => ({ AUTH_JWKS_URL: `${serviceUrl('user', portBase)}/.well-known/jwks.json` }),
  });
}, 60_000);
afterAll(() => stack?.close());

describe('product and order with AUTH_JWKS_URL', () => {
  it('serve logged in users, also after the user app was stopped', async () => {
    const client = await logIn(stack, ada);
    const items = [{ productId: mug.id, quantity: 1 }];
    const placed = await client.json<{ status: string }>('POST', `${stack.urls.order}/orders`, { items });
    expect(placed.status).toBe('placed');

    await stack.stop('user');
    expect(await client.status('GET', `${stack.urls.product}/products`)).toBe(200);
    expect(await client.status('GET', `${stack.urls.order}/orders`)).toBe(200);
  });
});
