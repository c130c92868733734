import { ada, mug } from '@auth/dev';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.ts';
import { askFrom, type ForeignSite, openForeignSite, sendFormFrom } from './foreign-site.ts';
import { createClient } from './journey-client.ts';
import { newAccount, openShopBrowser, type ShopBrowser } from './shop-browser.ts';
import { logIn } from './test-stack.ts';

const asText = { headers: { 'content-type': 'text/plain' }, mode: 'no-cors' } as const;
const asJson = { headers: { 'content-type': 'application/json' } } as const;
const twoMugs = { items: [{ productId: mug.id, quantity: 2 }] };

/** Creates a form whose text encoding is JSON, with these members and one more. */
function textForm(members: object) {
  return { type: 'text/plain', fields: { [`${JSON.stringify(members).slice(0, -1)},"more":"`]: '"}' } };
}

describeInChromium(
  'a page of another origin, in the browser of a user who is logged in at the gateway',
  (executablePath) => {
    let world: ShopBrowser;
    let foreign: ForeignSite;
    beforeAll(async () => {
      foreign = await openForeignSite();
      world = await openShopBrowser(executablePath);
    }, 90_000);
    afterEach(() => Promise.all(world.browser.contexts().map((context) => context.close())));
    afterAll(async () => {
      await world?.close();
      await foreign?.close();
    });

    describe.each(['sibling', 'stranger'] as const)('that is a %s', (kind) => {
      /** Opens a foreign page in another tab of a logged in user. */
      async function lure() {
        const { page: shopTab, account } = await world.openLoggedIn();
        const context = shopTab.context();
        const client = await logIn(world.stack, account);
        const state = async () => ({
          cookie: await world.cookieOf(context),
          who: await (await context.request.get(`${world.gateway}/users/me`)).json(),
          orders: await client.json('GET', `${world.stack.urls.order}/orders`),
        });
        const before = await state();
        const page = await context.newPage();
        await page.goto(foreign.origins[kind]);
        return { page, shopTab, account, expectUnchanged: async () => expect(await state()).toEqual(before) };
      }

      it('cannot read answers that a page of the gateway can read', async () => {
        const { page, shopTab } = await lure();
        for (const path of ['/session', '/sessions', '/users/me', '/orders', '/products']) {
          const url = `${world.gateway}${path}`;
          expect(await askFrom(shopTab, url, {})).toEqual({ text: expect.stringMatching(/^[{]/) });
          expect(await askFrom(page, url, {})).toBe('nothing');
          expect(await askFrom(page, url, { mode: 'no-cors' })).not.toHaveProperty('text');
        }
      });

      it('cannot order', async () => {
        const { page, expectUnchanged } = await lure();
        const url = `${world.gateway}/orders`;
        const order = { method: 'POST', body: JSON.stringify(twoMugs) };
        expect(await askFrom(page, url, { ...order, ...asJson })).toBe('nothing');
        expect(await askFrom(page, url, { ...order, ...asText })).not.toHaveProperty('text');
        await expectUnchanged();
        expect(await sendFormFrom(page, url, textForm(twoMugs))).toBe(403);
        await expectUnchanged();
      });

      it('can log its reader neither in as another user nor out', async () => {
        const { page, expectUnchanged } = await lure();
        const url = `${world.gateway}/session`;
        const credentials = { email: ada.email, password: ada.password };
        const login = { method: 'POST', body: JSON.stringify(credentials) };
        expect(await askFrom(page, url, { method: 'DELETE' })).toBe('nothing');
        expect(await askFrom(page, url, { ...login, ...asJson })).toBe('nothing');
        expect(await askFrom(page, url, { ...login, ...asText })).not.toHaveProperty('text');
        await expectUnchanged();
        expect(await sendFormFrom(page, url, textForm(credentials))).toBe(415);
        await expectUnchanged();
      });

      it('cannot show the shop in a frame', async () => {
        const { page, account } = await lure();
        await page.setContent(`<iframe src="${world.gateway}/"></iframe>`);
        const frame = page.frames().find((other) => other !== page.mainFrame());
        await frame?.waitForURL(/^chrome-error:/);
        expect(await frame?.content()).not.toContain(account.name);
      });

      it('can neither log in nor register a reader who is not logged in', async () => {
        const { page } = await world.open();
        const account = newAccount();
        const { name: _name, ...credentials } = account;
        for (const [path, members, status] of [
          ['/session', { email: ada.email, password: ada.password }, 415],
          ['/auth/register', account, 403],
        ] as const) {
          await page.goto(foreign.origins[kind]);
          expect(await sendFormFrom(page, `${world.gateway}${path}`, textForm(members))).toBe(status);
        }
        expect(await world.cookieOf(page.context())).toBeUndefined();
        expect(await createClient().status('POST', `${world.stack.urls.user}/auth/login`, credentials)).toBe(401);
      });
    });
  },
);
