import { type Command, type CommandSpec, defineCommand } from '@auth/command';
import { allRoles } from '@auth/contracts/grants';
import { emailProblem, normalizeEmail } from './email.ts';
import type { RoleChange } from './role-change.ts';

const notes = [
  `Roles: ${allRoles.join(', ')}. The account must exist: its owner registers first. The command may be repeated.`,
  'Access tokens with the former roles are revoked at once. Sessions keep the grant of their login, so a granted role',
  'takes effect at the next login.',
  '',
  'In a deployed folder the command is node dist/accounts-command.js. The other settings of the database, such as',
  'DATABASE_POOLER, are those of the user service.',
];
const common = {
  arguments: ['<e-mail>', '<role>'],
  variables: { DATABASE_URL: { help: 'the database of the user service' } },
  notes,
} as const;

/** The definition of `pnpm accounts` and its subcommands. */
export const accountsSpec = {
  name: 'pnpm accounts',
  summary: 'Grants a role to an account, or revokes it.',
  commands: {
    grant: { name: 'pnpm accounts grant', summary: 'Grants a role to an account.', ...common },
    revoke: { name: 'pnpm accounts revoke', summary: 'Revokes a role of an account.', ...common },
  },
  notes,
} as const satisfies CommandSpec;

/** Creates `pnpm accounts`. `change` makes the change and returns the line to print. */
export function createAccountsCommand(change: (wanted: RoleChange) => Promise<string>): Command {
  const commandOf = (command: RoleChange['command']): Command =>
    defineCommand({
      ...accountsSpec.commands[command],
      async run({ words: [address = '', word], print, refuse }) {
        const email = normalizeEmail(address);
        const problem = emailProblem(email);
        if (problem !== undefined) refuse(`the e-mail address of the account ${problem}`);
        const role = allRoles.find((known) => known === word);
        if (role === undefined) return refuse(`${command} needs a role: ${allRoles.join(' or ')}`);
        print(await change({ command, email, role }));
      },
    });
  return defineCommand({ ...accountsSpec, commands: { grant: commandOf('grant'), revoke: commandOf('revoke') } });
}
