import type { CommandSpec } from '@auth/command';
import { callsSpec } from '@auth/ops/calls/commands';
import { keysSpec } from '@auth/ops/keys/cli/command-specs';
import { accountsSpec } from '../../../apps/user/src/accounts/accounts-arguments.ts';
import { labCommands } from '../../lab/commands.ts';
import { devCommands } from '../src/commands.ts';
import { markdownTable } from './markdown-table.ts';

/** The scripts of package.json that are commands of this repository, each with its definition. */
export const scriptCommands: Readonly<Record<string, CommandSpec>> = {
  ...devCommands,
  calls: callsSpec,
  accounts: accountsSpec,
  keys: keysSpec,
  ...labCommands,
};

/** A command without subcommands, options and variables, or one whose arguments another tool reads. */
interface Plain {
  readonly plainCommands: Readonly<Record<string, CommandSpec>>;
  readonly foreignScripts: Readonly<Record<string, string>>;
}

/** Formats the table of docs/commands.md: one row for each script, in the order of package.json. @throws Error naming a script without a definition */
export function commandsTable(scripts: readonly string[], { plainCommands, foreignScripts }: Plain): string {
  const rows = scripts.map((name) => {
    const spec = scriptCommands[name] ?? plainCommands[name];
    const summary = spec?.summary ?? foreignScripts[name];
    if (summary === undefined) throw new Error(`the script ${name} of package.json has no definition`);
    // A `<` outside code would begin an HTML tag.
    return [`\`${usageOf(name, spec)}\``, summary.replaceAll('<', '&lt;'), spec === undefined ? '' : detailsOf(spec)];
  });
  return markdownTable(['`npx -y pnpm …`', 'does', 'subcommands, options, environment'], rows);
}

function usageOf(name: string, spec: CommandSpec | undefined): string {
  return [name, ...(spec?.arguments ?? [])].join(' ');
}

function detailsOf({ commands = {}, options = {}, variables = {} }: CommandSpec): string {
  const names = [
    ...Object.keys(commands),
    ...Object.keys(options).map((name) => `--${name}`),
    // One for each database, with and without a pooler: `--help` lists them all.
    ...new Set(Object.keys(variables).map((name) => name.replace(/^DATABASE_.*/, 'DATABASE_…'))),
  ];
  return names.map((name) => `\`${name}\``).join(', ');
}
