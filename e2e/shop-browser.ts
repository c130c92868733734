import type { Stack } from '@auth/dev';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { createClient } from './journey-client.ts';
import { type Credentials, type ShopPage, shopPage } from './shop-page.ts';
import { openTestStack } from './test-stack.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

/** A test stack, and a real browser in front of its gateway. */
export interface ShopBrowser {
  readonly stack: Stack;
  /** The gateway's origin. */
  readonly gateway: string;
  readonly browser: Browser;
  /** The name of the session cookie, which differs between the ports of a machine. */
  readonly cookieName: string;
  /** Opens the gateway's page in a new browser profile, without a login. */
  open(): Promise<WatchedPage & { readonly shop: ShopPage }>;
  /** Opens the page with a new user logged in. */
  openLoggedIn(): Promise<WatchedPage & { readonly shop: ShopPage; readonly account: Account }>;
  /** The value of the session cookie; `undefined` without one. */
  cookieOf(context: BrowserContext): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A registered user. */
export interface Account extends Credentials {
  readonly name: string;
}

/** Opens the stack and the browser. */
export async function openShopBrowser(executablePath: string): Promise<ShopBrowser> {
  const stack = await openTestStack();
  const gateway = stack.urls.gateway;
  const cookieName = `gateway_session_${new URL(gateway).port}`;
  // By default the driver of Chromium disables the back/forward cache.
  const ignoreDefaultArgs = ['--disable-back-forward-cache'];
  const browser = await chromium.launch({ executablePath, ignoreDefaultArgs }).catch(async (error) => {
    await stack.close();
    throw error;
  });

  async function open() {
    const watched = await openWatchedPage(browser, gateway);
    return { ...watched, shop: shopPage(watched.page) };
  }

  return {
    stack,
    gateway,
    browser,
    open,
    cookieName,
    async openLoggedIn() {
      const account = newAccount();
      await createClient().json('POST', `${stack.urls.user}/auth/register`, account);
      const opened = await open();
      await opened.shop.logIn(account);
      return { ...opened, account };
    },
    async cookieOf(context) {
      return (await context.cookies(gateway)).find(({ name }) => name === cookieName)?.value;
    },
    async close() {
      await browser.close();
      await stack.close();
    },
  };
}

/** Creates the data of a user who is not registered yet. */
export function newAccount(): Account {
  const unique = crypto.randomUUID();
  return { email: `${unique}@example.com`, password: 'correct horse battery staple', name: `Grace ${unique}` };
}
