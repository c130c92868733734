import type { Page } from 'playwright-core';

/** The credentials of a login. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The gateway's page, with the actions of its user. */
export interface ShopPage {
  /** Fills in a form and submits it. */
  send(form: 'Log in' | 'Register', fields: Readonly<Record<string, string>>): Promise<void>;
  /** Logs in, and waits for the shop. */
  logIn(credentials: Credentials): Promise<void>;
  logOut(): Promise<void>;
  /** Orders, and waits for the confirmation on the page. */
  order(product: string, quantity: number): Promise<void>;
  /** Waits for a list and returns its lines. */
  items(section: 'Products' | 'Your orders' | 'Where you are logged in'): Promise<string[]>;
  /** Waits for the login form. */
  waitForLogin(): Promise<void>;
  /** Returns the whole content of the document, visible or not, with the values of its fields. */
  content(): Promise<string>;
}

/** Creates the actions of a page. */
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
    waitForLogin: () => form('Log in').waitFor(),
    async content() {
      const typed = await page
        .getByRole('textbox')
        .evaluateAll((fields) => fields.map((field) => Reflect.get(field, 'value')));
      return `${await page.content()}${typed.join('')}`;
    },
  };
}
