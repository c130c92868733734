import type { Page } from 'playwright-core';

/** What one logs in with. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The gateway's page, as its user works with it. */
export interface ShopPage {
  /** Fills a form in and sends it. */
  send(form: 'Log in' | 'Register', fields: Readonly<Record<string, string>>): Promise<void>;
  /** Logs in, and waits for the shop. */
  logIn(credentials: Credentials): Promise<void>;
  logOut(): Promise<void>;
  /** Orders, and waits until the page says that it is done. */
  order(product: string, quantity: number): Promise<void>;
  /** The lines of a list, once it is there. */
  items(section: 'Products' | 'Your orders' | 'Where you are logged in'): Promise<string[]>;
  /** Waits for the form to log in. */
  isShut(): Promise<void>;
  /** Everything the document holds, shown or not, with what stands in its fields. */
  content(): Promise<string>;
}

/** Takes hold of it. */
export function shopPage(page: Page): ShopPage {
  const form = (name: string) => page.getByRole('form', { name });
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  async function send(name: string, fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) await form(name).getByLabel(label).fill(value);
    await form(name).getByRole('button').click();
  }

  return {
    send,
    async logIn({ email, password }) {
      await send('Log in', { 'E-mail': email, Password: password });
      await button('Log out').waitFor();
    },
    logOut: () => button('Log out').click(),
    async order(product, quantity) {
      await page.getByLabel(`Quantity of ${product}`).fill(String(quantity));
      await button(`Order ${product}`).click();
      await page
        .getByRole('status')
        .filter({ hasText: `Ordered: ${quantity} × ${product}.` })
        .waitFor();
    },
    async items(section) {
      const items = page.getByRole('region', { name: section }).getByRole('listitem');
      await items.first().waitFor();
      return items.allTextContents();
    },
    isShut: () => form('Log in').waitFor(),
    async content() {
      const typed = await page
        .getByRole('textbox')
        .evaluateAll((fields) => fields.map((field) => Reflect.get(field, 'value')));
      return `${await page.content()}${typed.join('')}`;
    },
  };
}
