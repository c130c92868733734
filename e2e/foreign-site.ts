import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

/** Foreign pages on this machine. */
export interface ForeignSite {
  /** The origins: one of the same site as 127.0.0.1, since a port is no part of a site, and one of another site. */
  readonly origins: { readonly sibling: string; readonly stranger: string };
  close(): Promise<void>;
}

/** Opens the site. Every page is empty, for a test to fill. */
export async function openForeignSite(): Promise<ForeignSite> {
  const server = createServer((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><link rel="icon" href="data:,">');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origins: { sibling: `http://127.0.0.1:${port}`, stranger: `http://localhost:${port}` },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The part of an answer that a page's script can read: nothing, an opaque answer, or its text. */
export type Loot = 'nothing' | 'opaque' | { readonly text: string };

/** The options of a script's request. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly mode?: 'cors' | 'no-cors';
}

/** Sends a request from within a page, with the browser's cookies. */
export function askFrom(page: Page, url: string, ask: Ask): Promise<Loot> {
  return page.evaluate(
    async ([target, options]): Promise<Loot> => {
      try {
        const answer = await fetch(target, { credentials: 'include', ...options });
        if (answer.type === 'opaque') return 'opaque';
        return { text: await answer.text() };
      } catch {
        return 'nothing';
      }
    },
    [url, ask] as const,
  );
}

/** Submits a form from a page, as text or as fields, and returns the status of the answer. The browser leaves the page. */
export async function sendFormFrom(
  page: Page,
  url: string,
  { type, fields }: { type: string; fields: Readonly<Record<string, string>> },
): Promise<number> {
  const inputs = Object.entries(fields).map(([name, value]) => {
    return `<input name="${escaped(name)}" value="${escaped(value)}">`;
  });
  await page.setContent(
    `<form method="post" action="${url}" enctype="${type}">${inputs.join('')}<button>Send</button>`,
  );
  const answered = page.waitForResponse(url);
  await page.getByRole('button').click();
  return (await answered).status();
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
