import type { CommandSpec, OptionSpec, OptionValues, VariableSpec, VariableValues } from './command-spec.ts';

/** Where a command writes. Each text is one line or several, without the last newline. */
export interface CommandOutput {
  /** Writes a result to standard output. Returns nothing, so that a command may end with it. */
  print(text: string): undefined;
  /** Writes an error or a warning to standard error. */
  complain(text: string): undefined;
}

/** What a command gets when it runs. */
export interface CommandRun<
  O extends CommandSpec['options'] = CommandSpec['options'],
  V extends CommandSpec['variables'] = CommandSpec['variables'],
> extends CommandOutput {
  /** The arguments, without options. A missing argument is not checked: each command refuses it itself. */
  readonly words: readonly string[];
  readonly options: OptionValues<O>;
  readonly variables: VariableValues<V>;
  /** Refuses the command line: one line with the mistake and how to get help. @throws UsageError */
  refuse(problem: string): never;
}

/** The exit code of a command; 0 unless it is a number. */
type Outcome = Promise<number | undefined> | number | undefined;

/** A command that can be run. A command with subcommands and a `run` of its own runs that when no subcommand is named. */
export interface Command extends CommandSpec {
  readonly commands?: Readonly<Record<string, Command>>;
  run?(run: CommandRun): Outcome;
}

interface Definition<O extends Readonly<Record<string, OptionSpec>>, V extends Readonly<Record<string, VariableSpec>>>
  extends CommandSpec {
  readonly options?: O;
  readonly variables?: V;
  readonly commands?: Readonly<Record<string, Command>>;
  run?(run: CommandRun<O, V>): Outcome;
}

/** Defines a command: name, summary, options, and what it does. From these come its parsing and its help. */
export function defineCommand<
  const O extends Readonly<Record<string, OptionSpec>> = Record<never, never>,
  const V extends Readonly<Record<string, VariableSpec>> = Record<never, never>,
>(definition: Definition<O, V>): Command {
  // The parser builds the options and variables that the definition names, so their exact types may be forgotten here.
  return definition as Command;
}
