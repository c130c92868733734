import { setTimeout as delay } from 'node:timers/promises';
import { openGatewayDb } from '@auth/db/gateway';
import type { Stack } from '@auth/dev';
import { mug } from '@auth/dev';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GatewayBrowser } from './gateway-browser.ts';
import { openNewBrowser } from './gateway-browser.ts';
import { loggedLines } from './logged-lines.ts';
import { openTestStack } from './test-stack.ts';

/** Tokens that expire while the tests run, so that they are exchanged under load. */
const accessTokenSeconds = 60;

let stack: Stack;
beforeAll(async () => {
  stack = await openTestStack({ serviceEnv: () => ({ ACCESS_TOKEN_SECONDS: String(accessTokenSeconds) }) });
}, 90_000);
afterAll(() => stack?.close());

const refreshesAtUser = async () =>
  (await loggedLines(stack, 'user')).filter((line) => /POST \/auth\/refresh 200/.test(line)).length;

/** Makes a session's access token one that has expired: the gateway counts on what its row says. */
async function expireTokens(): Promise<void> {
  const db = openGatewayDb({ url: stack.databaseUrls.gateway });
  const past = new Date(Date.now() - 1000);
  await db.client.session.updateMany({ data: { accessExpiresAt: past, refreshAt: past } });
  await db.close();
}

/** The mail address of whoever a request was answered for. */
async function whoIs(browser: GatewayBrowser): Promise<string> {
  const answer = await browser.send('GET', '/users/me');
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${body}`);
  return JSON.parse(body).email;
}

describe('the gateway', () => {
  it('answers 100 requests of a session whose access token has just expired with one exchange of tokens', async () => {
    const browser = await openNewBrowser(stack.urls.gateway);
    await expireTokens();
    const before = await refreshesAtUser();
    const answers = await Promise.all(Array.from({ length: 100 }, () => whoIs(browser)));
    expect(answers).toEqual(Array.from({ length: 100 }, () => browser.email));
    expect((await refreshesAtUser()) - before).toBe(1);
  });

  it('lets everybody go on while the user app is down, until their tokens expire, and then says to come again', async () => {
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

  it('ends a session that was ended at the user app', async () => {
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

/** How often the gateway is killed, and how many answers there must be in the end. */
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
          // While the process is away there is no answer; an answer that is none of ours would be a session lost.
          if (/^\d/.test(email.message) && !email.message.startsWith('503')) wrong.push(email.message);
          cut += 1;
          await delay(20);
        }
      }
    }

    async function killAgainAndAgain(): Promise<void> {
      for (let round = 1; round <= kills; round += 1) {
        while (answered < (wanted / (kills + 1)) * round) await delay(10);
        // With an exchange of tokens for every session under way.
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
