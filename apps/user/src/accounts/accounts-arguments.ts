import type { CommandSpec } from '@auth/command';
import { findCommand, helpText, readCommandLine, refuse } from '@auth/command';
import { emailProblem, normalizeEmail } from './email.ts';
import type { Role } from './grants.ts';
import { allRoles } from './grants.ts';

const notes = [
  `Roles: ${allRoles.join(', ')}. The account must exist: its owner registers first. It may be run again.`,
  'Access tokens that were issued before are refused at once; the session goes on with what its login was granted, so',
  'that more rights take a new login.',
  '',
  'DATABASE_URL  the database of the user service',
  'In a deployed folder the command is node dist/accounts-command.js.',
];

/** The commands of `pnpm accounts`. */
export const accountsSpec = {
  name: 'pnpm accounts',
  summary: 'Gives an account a role, or takes one away.',
  commands: {
    grant: {
      name: 'pnpm accounts grant',
      summary: 'Gives an account a role.',
      arguments: ['<e-mail>', '<role>'],
      notes,
    },
    revoke: {
      name: 'pnpm accounts revoke',
      summary: 'Takes a role away from an account.',
      arguments: ['<e-mail>', '<role>'],
      notes,
    },
  },
  notes,
} as const satisfies CommandSpec;

export type AccountsCommand =
  | { readonly help: string }
  | {
      readonly help?: undefined;
      readonly command: 'grant' | 'revoke';
      readonly email: string;
      readonly role: Role;
    };

/** Reads the command line. @throws UsageError */
export function parseArguments(typed: readonly string[]): AccountsCommand {
  const [first, ...rest] = typed;
  if (first === '--help' || first === '-h') return { help: helpText(accountsSpec) };
  const command = findCommand(accountsSpec, first);
  const spec = accountsSpec.commands[command];
  const line = readCommandLine(spec, rest);
  if (line.help !== undefined) return { help: line.help };
  const [address = '', word] = line.words;
  const email = normalizeEmail(address);
  const problem = emailProblem(email);
  if (problem !== undefined) refuse(spec, `the e-mail address of the account ${problem}`);
  const role = allRoles.find((known) => known === word);
  if (role === undefined) return refuse(spec, `${command} needs a role: ${allRoles.join(' or ')}`);
  return { command, email, role };
}
