import { type Role, scopesOf } from './grants.ts';

/** An account of `pnpm dev`: its password is public, so production refuses to run on a database that has it. */
export interface DemoAccount {
  readonly id: string;
  readonly roles: readonly Role[];
  /** The scopes of its access tokens. */
  readonly scopes: readonly string[];
}

/** The demo accounts by name. */
export const demoAccounts = {
  ada: demoAccount('019b0000-0000-7000-8000-000000000ada', 'customer'),
  admin: demoAccount('019b0000-0000-7000-8000-000000000adb', 'admin'),
} as const;

function demoAccount(id: string, role: Role): DemoAccount {
  return { id, roles: [role], scopes: scopesOf([role]) };
}
