import { execFile } from 'node:child_process';
import { env } from 'node:process';
import { promisify } from 'node:util';
import { ada, readSettings, type Stack, startStack } from '@auth/dev';
import { newDataDir } from '@auth/testkit/dev-process';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { describeInChromium } from './describe-in-chromium.ts';
import { executeOperation } from './docs-operation.ts';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';
import { openWatchedPage } from './watched-page.ts';

describeInChromium('/docs in a browser', (executablePath) => {
  const { dataDir, remove } = newDataDir();
  let databases: Awaited<ReturnType<typeof openStackDatabases>>;
  let stack: Stack;
  let browser: Browser;

  beforeAll(async () => {
    databases = await openStackDatabases();
    const portBase = String(await freePortBase());
    const settings = readSettings({ ...env, ...databases.env, PORT_BASE: portBase, DATA_DIR: dataDir });
    stack = await startStack({ settings, watch: false, seed: true, say: () => undefined });
    browser = await chromium.launch({ executablePath });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await stack?.close();
    await databases?.drop();
    remove();
  });

  it('of user logs in, and then fills in the token automatically', async () => {
    const { page, origins, errors } = await openWatchedPage(browser, `${stack.urls.user}/docs`);
    expect(await executeOperation(page, 'POST', '/auth/login')).toMatchObject({ status: 200 });
    const { status, body } = await executeOperation(page, 'GET', '/users/me');
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ email: ada.email })]);
    expect([origins(), errors()]).toEqual([[stack.urls.user], []]);
  });

  it('of user fills in no token before a login', async () => {
    const { page, errors } = await openWatchedPage(browser, `${stack.urls.user}/docs`);
    expect(await executeOperation(page, 'GET', '/users/me')).toMatchObject({ status: 401 });
    expect(errors()).toEqual([expect.stringMatching(/401 .*\/users\/me/)]);
  });

  it.each([
    ['product', '/products'],
    ['order', '/orders'],
  ] as const)('of %s shows a command that gets a token, and accepts the token', async (name, path) => {
    const { page, origins, errors } = await openWatchedPage(browser, `${stack.urls[name]}/docs`);
    await page.getByRole('button', { name: 'Authorize', exact: true }).click();
    await authorize(page, await runCommand(page));
    const { status, body } = await executeOperation(page, 'GET', path);
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ items: expect.any(Array) })]);
    expect([origins(), errors()]).toEqual([[stack.urls[name]], []]);
  });
});

/** Runs the command of the dialog unchanged. */
async function runCommand(page: Page): Promise<string> {
  const command = (await page.locator('.modal-ux pre code').textContent()) ?? '';
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  return JSON.parse(stdout).access_token;
}

async function authorize(page: Page, token: string): Promise<void> {
  const dialog = page.locator('.modal-ux');
  await dialog.getByRole('textbox').fill(token);
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
}
