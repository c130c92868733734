import type { Browser, Page } from 'playwright-core';

/** A page, and what went on in it since it was opened. */
export interface WatchedPage {
  readonly page: Page;
  /** Origins that it asked for anything, without repetition. What is in the page itself (`data:`) is no request. */
  origins(): string[];
  /** What a developer would see in red: errors of scripts, of the content security policy, requests that failed. */
  errors(): string[];
}

/** Opens a page in a browser profile of its own. */
export async function openWatchedPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext();
  // Less than a test may take: then the message says what was waited for.
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
