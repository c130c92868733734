import type { Page } from 'playwright-core';

/** What the docs page shows after an operation was executed. */
export interface ShownAnswer {
  readonly status: number;
  readonly body: string;
}

/** Executes an operation of a docs page as its reader does: unfolds it, presses Execute with what is filled in, and reads. */
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
