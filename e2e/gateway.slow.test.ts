import { setTimeout as delay } from 'node:timers/promises';
import { openGatewayDb } from '@auth/db/gateway';
import { mug, type Stack } from '@auth/dev';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GatewayBrowser, openNewBrowser } from './gateway-browser.ts';
import { loggedLines } from './logged-lines.ts';
import { openTestStack } from './test-stack.ts';

/** The life of access tokens, so short that they expire and are exchanged under load. */
const accessTokenSeconds = 60;

let stack: Stack;
beforeAll(async () => {
  stack = await openTestStack({ serviceEnv: () => ({ ACCESS_TOKEN_SECONDS: String(accessTokenSeconds) }) });
}, 90_000);
afterAll(() => stack?.close());

const refreshesAtUser = async () =>
  (await loggedLines(stack, 'user')).filter((line) => /POST \/auth\/refresh 200/.test(line)).length;

/** Makes the access token of a session expired, in the row that the gateway reads. */
async function expireTokens(): Promise<void> {
  const db = openGatewayDb({ url: stack.databaseUrls.gateway });
  const past = new Date(Date.now() - 1000);
  await db.client.session.updateMany({ data: { accessExpiresAt: past, refreshAt: past } });
  await db.close();
}

/** Returns the e-mail address of the user whose session answered a request. */
async function whoIs(browser: GatewayBrowser): Promise<string> {
  const answer = await browser.send('GET', '/users/me');
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${body}`);
  return JSON.parse(body).email;
}

describe('the gateway', () => {
  it('answers 100 requests of a session with an expired access token with one exchange of tokens', async () => {
    const browser = await openNewBrowser(stack.urls.gateway);
    await expireTokens();
    const before = await refreshesAtUser();
    const answers = await Promise.all(Array.from({ length: 100 }, () => whoIs(browser)));
    expect(answers).toEqual(Array.from({ length: 100 }, () => browser.email));
    expect((await refreshesAtUser()) - before).toBe(1);
  });

  it('serves sessions while the user app is down, until their access tokens expire, and then answers 503 with Retry-After', async () => {
    const browser = await openNewBrowser(stack.urls.gateway);
    await stack.stop('user');
    try {
      expect((await browser.send('GET', '/products?limit=1')).status).toBe(200);
      const order = await browser.send('POST', '/orders', { items: [{ productId: mug.id, quantity: 1 }] });
      expect(order.status).toBe(201);
      expect((await browser.send('GET', '/users/me')).status).toBe(503);
      await expireTokens();
      const refused = await browser.send('GET', '/products?limit=1');
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('5');
    } finally {
      await stack.start('user');
    }
    for (;;) {
      const answer = await browser.send('GET', '/products?limit=1');
      if (answer.status === 200) break;
      expect(answer.status).toBe(503);
      await delay(100);
    }
  });

  it('ends a session that ended at the user app', async () => {
    const browser = await openNewBrowser(stack.urls.gateway);
    const elsewhere = await browser.send('POST', '/auth/logout-all');
    expect(elsewhere.status).toBe(204);
    for (;;) {
      const answer = await browser.send('GET', '/products?limit=1');
      if (answer.status === 200) continue;
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: 'no_session' });
      break;
    }
  });
});

/** The number of kills, and the number of answers that are needed in the end. */
const kills = 5;
const wanted = 10_000;
const users = 12;

describe(`the gateway, killed ${kills} times under load`, () => {
  it(`mixes up none of ${wanted} answers, and loses no session`, async () => {
    const browsers = await Promise.all(Array.from({ length: users }, () => openNewBrowser(stack.urls.gateway)));
    let answered = 0;
    let cut = 0;
    const wrong: string[] = [];

    async function browse(browser: GatewayBrowser): Promise<void> {
      while (answered < wanted) {
        const email = await whoIs(browser).catch((error: Error) => error);
        if (typeof email === 'string') {
          answered += 1;
          if (email !== browser.email) wrong.push(`${browser.email} got ${email}`);
        } else {
          // Without a process there is no answer. Any other answer than an expected one means a lost session.
          if (/^\d/.test(email.message) && !email.message.startsWith('503')) wrong.push(email.message);
          cut += 1;
          await delay(20);
        }
      }
    }

    async function killAgainAndAgain(): Promise<void> {
      for (let round = 1; round <= kills; round += 1) {
        while (answered < (wanted / (kills + 1)) * round) await delay(10);
        // While an exchange of tokens for every session is under way.
        await expireTokens();
        await delay(round * 3);
        stack.kill('gateway', 'SIGKILL');
        await stack.stop('gateway');
        await stack.start('gateway');
      }
    }

    await Promise.all([killAgainAndAgain(), ...browsers.flatMap((browser) => [browse(browser), browse(browser)])]);
    expect(wrong).toEqual([]);
    expect(cut).toBeGreaterThan(0);
    expect(answered).toBeGreaterThanOrEqual(wanted);
    expect(await Promise.all(browsers.map(whoIs))).toEqual(browsers.map(({ email }) => email));
  }, 180_000);
});
