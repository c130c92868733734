import { databaseNowhere, expectUnavailable } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import { openBrowser } from './browser.ts';
import { type Harness, type Surroundings, useGateway } from './harness.ts';

describe('the gateway without its database', () => {
  let around: Surroundings;
  let gateway: Harness;
  const cookie = `__Host-session=${'A'.repeat(43)}`;
  useGateway((opened) => ({ around, gateway } = opened), { url: databaseNowhere });

  it('answers 503 with Retry-After, never 401', async () => {
    const browser = () => openBrowser(gateway.server, { cookie });
    await expectUnavailable([
      () => browser().send('get', '/session'),
      () => browser().send('get', '/sessions'),
      () => browser().send('delete', '/session'),
      () => browser().send('delete', '/sessions/019b0000-0000-7000-8000-000000000001'),
    ]);
  });

  it('undoes a login that it cannot store', async () => {
    await expectUnavailable([() => openBrowser(gateway.server).logIn(around.userApp)]);
    expect(around.userApp.loggedOut.size).toBe(1);
  });
});
