import { parseArgs } from 'node:util';
import { emailProblem, normalizeEmail } from './email.ts';
import type { Role } from './grants.ts';
import { allRoles } from './grants.ts';

export const usage = `usage: accounts grant <e-mail> <role>
       accounts revoke <e-mail> <role>

Gives an account a role, or takes one away. Roles: ${allRoles.join(', ')}.
The account must exist: its owner registers first. It may be run again. Access tokens that were issued before are
refused at once; the session goes on with what its login was granted, so that more rights take a new login.

Environment: DATABASE_URL of the user service.`;

/** A command line with wrong usage: exit code 64, as in sysexits.h. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 64;
}

export type AccountsCommand =
  | { readonly command: 'help' }
  | { readonly command: 'grant' | 'revoke'; readonly email: string; readonly role: Role };

/** Reads the command line. @throws UsageError */
export function parseArguments(typed: readonly string[]): AccountsCommand {
  const { values, positionals } = parse(typed);
  if (values.help) return { command: 'help' };
  const [command, address = '', role, ...rest] = positionals;
  if (command !== 'grant' && command !== 'revoke') throw new UsageError(usage);
  const known = allRoles.find((one) => one === role);
  const email = normalizeEmail(address);
  const problem = emailProblem(email);
  if (problem !== undefined) throw new UsageError(`the e-mail address of the account ${problem}\n\n${usage}`);
  if (known === undefined) throw new UsageError(`${command} needs a role: ${allRoles.join(' or ')}\n\n${usage}`);
  if (rest.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(rest[0])}\n\n${usage}`);
  return { command, email, role: known };
}

function parse(typed: readonly string[]) {
  try {
    const options = { help: { type: 'boolean', short: 'h', default: false } } as const;
    return parseArgs({ args: [...typed], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}
