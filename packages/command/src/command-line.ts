import { parseArgs } from 'node:util';
import type { CommandSpec, OptionValues, VariableValues } from './command-spec.ts';
import { helpText, usageLine } from './help-text.ts';
import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';

/** The result of reading a command line: help, or the command with its arguments and options. */
export type CommandLine<S extends CommandSpec> =
  | { readonly help: string }
  | {
      readonly help?: undefined;
      readonly words: readonly string[];
      readonly options: OptionValues<NonNullable<S['options']>>;
    };

/**
 * Reads the command line of a command without its name. Unknown options and surplus arguments are refused. Does not check
 * that every argument is there: each command reports itself what is missing.
 *
 * @throws UsageError
 */
export function readCommandLine<const S extends CommandSpec>(spec: S, args: readonly string[]): CommandLine<S> {
  // Help is printed also when the rest of the command line is wrong.
  const end = args.indexOf('--');
  if (args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--help' || arg === '-h')) {
    return { help: helpText(spec) };
  }
  const { positionals: words, values } = parse(spec, args);
  const allowed = spec.arguments ?? [];
  const extra = allowed.at(-1)?.endsWith('…') ? undefined : words[allowed.length];
  if (extra !== undefined) refuse(spec, `unexpected argument ${JSON.stringify(extra)}`);
  return { words, options: values as OptionValues<NonNullable<S['options']>> };
}

/** Reads the environment variables that a command declares. An empty variable counts as absent. */
export function readVariables<const S extends CommandSpec>(
  { variables = {} }: S,
  env: Readonly<Record<string, string | undefined>>,
): VariableValues<NonNullable<S['variables']>> {
  const read = Object.entries(variables).map(([name, { default: usual }]) => [name, env[name] || usual]);
  return Object.fromEntries(read) as VariableValues<NonNullable<S['variables']>>;
}

/** Finds the subcommand with that name. @throws UsageError */
export function findCommand<C extends Readonly<Record<string, CommandSpec>>>(
  spec: CommandSpec & { readonly commands: C },
  word: string | undefined,
): keyof C & string {
  if (word === undefined) refuse(spec, 'a command is missing');
  if (Object.hasOwn(spec.commands, word)) return word;
  if (word.startsWith('-')) return refuse(spec, `unknown option ${JSON.stringify(word)}`);
  return refuse(spec, `there is no command ${JSON.stringify(word)}${suggestion(word, Object.keys(spec.commands))}`);
}

/** Refuses a command line: one line with the mistake and how to get help. @throws UsageError */
export function refuse(spec: CommandSpec, problem: string): never {
  throw new UsageError(`${problem} (usage: ${usageLine(spec)}; help: ${spec.name} --help)`);
}

function parse(spec: CommandSpec, args: readonly string[]) {
  const named = Object.entries(spec.options ?? {});
  const options = Object.fromEntries(
    named.map(([name, { value, multiple = false }]) => [
      name,
      value === undefined
        ? { type: 'boolean' as const, default: false }
        : { type: 'string' as const, multiple, ...(multiple ? { default: [] } : {}) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node's own message, without its advice about arguments that begin with a dash.
    const problem = messageOf(error).split(/[.\n]/, 1)[0] ?? '';
    const unknown = /^Unknown option '--([\w-]+)'$/.exec(problem)?.[1];
    return refuse(spec, unknown === undefined ? problem : problem + suggestion(unknown, Object.keys(options), '--'));
  }
}

function suggestion(word: string, names: readonly string[], prefix = ''): string {
  const meant = nearest(word, names);
  return meant === undefined ? '' : `: did you mean ${prefix}${meant}?`;
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
