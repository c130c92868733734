/** An account of `pnpm dev`: its password is published, so production refuses to run on a database that has it. */
export interface DemoAccount {
  readonly id: string;
  readonly roles: readonly string[];
  /** The scopes of its access tokens. */
  readonly scopes: readonly string[];
}

const customer = ['account', 'product:read', 'order:read', 'order:write'];

/** The demo accounts by name. */
export const demoAccounts = {
  ada: { id: '019b0000-0000-7000-8000-000000000ada', roles: ['customer'], scopes: customer },
  admin: {
    id: '019b0000-0000-7000-8000-000000000adb',
    roles: ['admin'],
    scopes: [...customer, 'product:write', 'order:read-any', 'user:admin'],
  },
} as const satisfies Readonly<Record<string, DemoAccount>>;
