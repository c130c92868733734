import type { Browser, Page } from 'playwright-core';

/** A page, with its requests and errors since it was opened. */
export interface WatchedPage {
  readonly page: Page;
  /** The origins of its requests, each once. `data:` URLs do not count. */
  origins(): string[];
  /** The errors in the console: of scripts, of the content security policy, and of failed requests. */
  errors(): string[];
}

/** Opens a page in a new browser profile. */
export async function openWatchedPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext();
  // Less than the time limit of a test, so that the message names the awaited condition.
  context.setDefaultTimeout(10_000);
  const origins = new Set<string>();
  const errors: string[] = [];
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:') origins.add(origin);
  });
  context.on('weberror', (error) => errors.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
  });
  const page = await context.newPage();
  await page.goto(url);
  return { page, origins: () => [...origins], errors: () => errors };
}
