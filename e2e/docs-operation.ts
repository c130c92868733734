import type { Page } from 'playwright-core';

/** The result of an operation on the docs page. */
export interface ShownAnswer {
  readonly status: number;
  readonly body: string;
}

/** Executes an operation of a docs page as its reader does: opens it, presses Execute with the default values, and reads the result. */
export async function executeOperation(page: Page, method: string, path: string): Promise<ShownAnswer> {
  const operation = page
    .locator('.opblock')
    .filter({ has: page.getByText(method, { exact: true }) })
    .filter({ has: page.locator(`[data-path="${path}"]`) });
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table tbody');
  const status = await answer.locator('.response-col_status').first().textContent();
  const body = await answer.locator('.highlight-code code').first().textContent();
  return { status: Number.parseInt(status ?? '', 10), body: body ?? '' };
}
