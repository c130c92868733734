import { ada, mug } from '@auth/dev';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { describeInChromium } from './describe-in-chromium.ts';
import { newAccount, openShopBrowser, type ShopBrowser } from './shop-browser.ts';
import { shopPage } from './shop-page.ts';

/** Chromium reports an error for the page's first request, when no user is logged in. */
const noSession = /^Failed to load resource: the server responded with a status of 401 .*\/session\)$/;

describeInChromium('the gateway in a browser', (executablePath) => {
  let world: ShopBrowser;
  beforeAll(async () => {
    world = await openShopBrowser(executablePath);
  }, 90_000);
  afterEach(() => Promise.all(world.browser.contexts().map((context) => context.close())));
  afterAll(() => world?.close());

  /** Requests a route with a cookie, without a browser. */
  async function statusesWith(cookie = ''): Promise<number[]> {
    const paths = ['/session', '/sessions', '/users/me', '/orders', '/products'];
    const headers = { cookie: `${world.cookieName}=${cookie}` };
    const answers = paths.map((path) => fetch(`${world.gateway}${path}`, { headers }));
    return (await Promise.all(answers)).map(({ status }) => status);
  }

  describe('a customer', () => {
    it('logs in, orders, is still logged in after a reload, logs out, and leaves no data in the page', async () => {
      const { page, shop, origins, errors } = await world.open();
      const answers: Promise<string>[] = [];
      page.on('response', (answer) => answers.push(answer.text().catch(() => '')));
      await shop.logIn(ada);
      await page.getByText(ada.name).waitFor();
      await shop.order(mug.name, 2);
      await page.reload();
      await page.getByText(ada.name).waitFor();
      expect(await shop.items('Your orders')).toEqual([expect.stringMatching(/2 × Stoneware mug.*€37\.00$/)]);

      const [cookie, ...others] = await page.context().cookies();
      expect(cookie).toMatchObject({
        name: world.cookieName,
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
        domain: '127.0.0.1',
      });
      expect(cookie?.value).toMatch(/^[\w-]{43}$/);
      expect(others).toEqual([]);
      expect(await page.evaluate('document.cookie')).toBe('');
      expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
      expect(await page.evaluate('Promise.all([indexedDB.databases(), caches.keys()])')).toEqual([[], []]);
      expect((await Promise.all(answers)).join()).toContain(ada.name);
      expect((await Promise.all(answers)).join()).not.toContain('eyJ');
      expect(await statusesWith(cookie?.value)).toEqual([200, 200, 200, 200, 200]);

      await page.getByRole('link', { name: 'its API' }).click();
      await page.waitForURL(`${world.gateway}/docs`);
      await page.goBack();
      await page.getByText(ada.name).waitFor();
      await shop.logOut();
      await page.getByRole('status').filter({ hasText: 'You are logged out.' }).waitFor();
      const isGone = async () => {
        await shop.waitForLogin();
        for (const text of [ada.name, ada.email, ada.password, mug.name])
          expect(await shop.content()).not.toContain(text);
      };
      await isGone();
      await page.goForward();
      await page.goBack();
      await isGone();
      expect(await world.cookieOf(page.context())).toBeUndefined();
      expect(await statusesWith(cookie?.value)).toEqual([401, 401, 401, 401, 401]);
      expect([origins(), errors().filter((error) => !noSession.test(error))]).toEqual([[world.gateway], []]);
    }, 60_000);

    it('registers, and sees the error of each field', async () => {
      const { page, shop } = await world.open();
      const { name, email, password } = newAccount();
      await shop.send('Register', { Name: name, 'E-mail': 'nobody', Password: 'short' });
      const field = page.getByRole('form', { name: 'Register' }).getByLabel('E-mail');
      await page.getByText('must be an e-mail address').waitFor();
      const state = ['aria-invalid', 'aria-describedby'].map((attribute) => field.getAttribute(attribute));
      const [isInvalid, describedBy] = await Promise.all(state);
      expect(isInvalid).toBe('true');
      expect(await page.locator(`[id="${describedBy}"]`).textContent()).toBe(
        'must be an e-mail address such as ada@example.com',
      );
      await shop.send('Register', { 'E-mail': email, Password: password });
      await page.getByText(name).waitFor();
      expect(await shop.items('Where you are logged in')).toEqual([expect.stringMatching(/^This browser.*Chrome/)]);
    });

    it('sees that the password is wrong, and no more', async () => {
      const { page, shop } = await world.open();
      await shop.send('Log in', { 'E-mail': ada.email, Password: 'wrong' });
      await page.getByRole('alert').filter({ hasText: 'The e-mail or the password is wrong.' }).waitFor();
      expect(await world.cookieOf(page.context())).toBeUndefined();
    });

    it('ends a session of another browser, which sees the login form at its next action', async () => {
      const there = await world.openLoggedIn();
      const here = await world.open();
      await here.shop.logIn(there.account);
      await here.page.getByRole('button', { name: /^End: / }).click();
      await here.page.getByRole('status').filter({ hasText: 'That session has ended.' }).waitFor();
      await there.page.getByRole('button', { name: `Order ${mug.name}` }).click();
      await there.page.getByText('Your session has ended. Log in again.').waitFor();
      expect(await there.shop.content()).not.toContain(there.account.name);
    });

    it('is logged out in every tab at once', async () => {
      const { page, shop, account } = await world.openLoggedIn();
      const other = await page.context().newPage();
      await other.goto(world.gateway);
      await shopPage(other).logOut();
      await shop.waitForLogin();
      expect(await shop.content()).not.toContain(account.name);
    });
  });

  describe('a customer, when something fails,', () => {
    it('sees everything but the part of a service that is down, and that part after its recovery', async () => {
      const { page, shop } = await world.openLoggedIn();
      await shop.order(mug.name, 1);
      const products = page.getByRole('region', { name: 'Products' });
      await world.stack.stop('product');
      try {
        await page.reload();
        expect(await products.getByRole('alert').textContent()).toMatch(/^Not available right now\..* \(\d+ s\)$/);
        expect(await shop.items('Your orders')).toHaveLength(1);
      } finally {
        await world.stack.start('product');
      }
      await products.getByRole('button', { name: 'Try again' }).click();
      expect(await shop.items('Products')).toContainEqual(expect.stringContaining(mug.name));
    }, 40_000);

    it('orders once, also when the answer was lost and the order is repeated', async () => {
      const { page, shop } = await world.openLoggedIn();
      const keys: (string | undefined)[] = [];
      page.on('request', (request) => request.method() === 'POST' && keys.push(request.headers()['idempotency-key']));
      const loseAnswer = async (route: Route) => {
        await route.fetch();
        await route.abort();
      };
      await page.route('**/orders', loseAnswer, { times: 1 });
      await page.getByRole('button', { name: `Order ${mug.name}` }).click();
      await page.getByText('The gateway does not answer. Try again shortly.').waitFor();
      await shop.order(mug.name, 1);
      expect(await shop.items('Your orders')).toHaveLength(1);
      await shop.order(mug.name, 1);
      expect(await shop.items('Your orders')).toHaveLength(2);
      expect(keys).toEqual([
        expect.stringMatching(/^[\da-f-]{36}$/),
        keys[0],
        expect.not.stringMatching(keys[0] ?? ''),
      ]);
    });
  });

  describe('a page that its user has left', () => {
    /** Opens another page, and goes back after `meanwhile`. */
    async function leaveAndReturn(page: Page, meanwhile: () => Promise<void>): Promise<void> {
      await page.getByRole('link', { name: 'its API' }).click();
      await page.waitForURL(`${world.gateway}/docs`);
      await meanwhile();
      // Without goBack, which waits for a load that a page from the back/forward cache does not have.
      await page.evaluate('history.back()');
      await page.waitForURL(`${world.gateway}/`, { waitUntil: 'commit' });
    }

    async function endSession(page: Page): Promise<void> {
      const value = await world.cookieOf(page.context());
      const headers = { cookie: `${world.cookieName}=${value}`, origin: world.gateway };
      expect((await fetch(`${world.gateway}/session`, { method: 'DELETE', headers })).status).toBe(204);
    }

    it('is not in the back/forward cache', async () => {
      const { page, shop, account } = await world.openLoggedIn();
      await leaveAndReturn(page, () => endSession(page));
      await shop.waitForLogin();
      const why = await page.evaluate('performance.getEntriesByType("navigation")[0].notRestoredReasons.reasons');
      expect(why).toContainEqual({ reason: 'response-cache-control-no-store' });
      expect(await shop.content()).not.toContain(account.name);
    });

    it('is empty in a browser that keeps it in spite of no-store, and requests the session again', async () => {
      const { page, shop, account } = await world.openLoggedIn();
      // A browser that ignores `no-store`.
      await page.route('**/*', async (route) => {
        const response = await route.fetch();
        const { 'cache-control': _ignored, ...headers } = response.headers();
        await route.fulfill({ response, headers });
      });
      // Registered before the page's own listener, so it sees the content before that listener runs.
      await page.addInitScript(`addEventListener('pageshow', ({ persisted }) => {
        globalThis.shown = { persisted, text: document.body.textContent };
      })`);
      await page.reload();
      await page.getByText(account.name).waitFor();
      await leaveAndReturn(page, async () => undefined);
      await page.getByText(account.name).waitFor();
      const shown = await page.evaluate('shown');
      expect(shown).toEqual({ persisted: true, text: expect.not.stringContaining(account.name) });
      expect(shown).toEqual({ persisted: true, text: expect.not.stringContaining(mug.name) });
      await leaveAndReturn(page, () => endSession(page));
      await shop.waitForLogin();
      expect(await shop.content()).not.toContain(account.name);
    }, 60_000);
  });
});
