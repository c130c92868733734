import type { CommandSpec, OptionSpec, VariableSpec } from './command-spec.ts';

/** The line that shows how a command is called: `pnpm keys revoke <kid> [options]`. */
export function usageLine({ name, arguments: words = [], options, commands }: CommandSpec): string {
  const below = commands === undefined ? [] : ['<command>'];
  const hasOptions = options !== undefined && Object.keys(options).length > 0;
  return [name, ...below, ...words, ...(hasOptions ? ['[options]'] : [])].join(' ');
}

/** What `--help` prints: usage, what the command does, its commands or options, and notes. Ends without a newline. */
export function helpText(spec: CommandSpec): string {
  const { summary, commands, options = {}, variables = {}, notes = [] } = spec;
  const listed = Object.values(commands ?? {}).map((command): [string, string] => [
    usageLine({ ...command, name: command.name.slice(spec.name.length + 1), options: {} }),
    command.summary,
  ]);
  const named = Object.entries(options).map(([name, option]): [string, string] => [
    optionName(name, option),
    option.help,
  ]);
  return [
    `usage: ${usageLine(spec)}`,
    '',
    summary,
    ...section('commands', listed),
    ...section('options', [...named, ['--help, -h', 'print this']]),
    ...section('environment', Object.entries(variables).map(variableRow)),
    ...(commands === undefined ? [] : ['', `${spec.name} <command> --help describes one command.`]),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n');
}

function optionName(name: string, { value, multiple = false }: OptionSpec): string {
  return `--${name}${value === undefined ? '' : ` ${value}`}${multiple ? ' …' : ''}`;
}

function variableRow([name, { help, default: usual }]: [string, VariableSpec]): [string, string] {
  return [name, usual === undefined ? help : `${help} (default: ${usual})`];
}

function section(title: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([first]) => first.length));
  return ['', `${title}:`, ...rows.map(([first, text]) => `  ${first.padEnd(width)}  ${text}`)];
}
