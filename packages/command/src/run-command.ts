import process, { argv, env, stderr, stdout } from 'node:process';
import { findCommand, readCommandLine, readVariables, refuse } from './command-line.ts';
import type { Command, CommandOutput } from './define-command.ts';
import { helpText } from './help-text.ts';

/** What a command reads and where it writes. */
export interface CommandInput extends CommandOutput {
  /** The command line without the name of the command. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs a command with the command line of this process, and sets the exit code of the process. */
export async function runHere(command: Command, args: readonly string[] = argv.slice(2)): Promise<void> {
  process.exitCode = await runCommand(command, {
    args,
    env,
    print: (text) => void stdout.write(`${text}\n`),
    complain: (text) => void stderr.write(`${text}\n`),
  });
}

/**
 * Runs a command or the subcommand that its command line names. A wrong command line and every other error with an
 * `exitCode` become one line and that exit code.
 *
 * @returns the exit code: 0 for success and for help, 1 for failure, 64 (`EX_USAGE`) for a wrong command line
 * @throws any error without an `exitCode`: it is a mistake in the command
 */
export async function runCommand(command: Command, input: CommandInput): Promise<number> {
  try {
    return await dispatch(command, input);
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    input.complain(error.message);
    return code;
  }
}

/** Reads the exit code that an error asks for; `undefined` for one without. */
export function exitCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number'
    ? error.exitCode
    : undefined;
}

async function dispatch(command: Command, { args, ...surroundings }: CommandInput): Promise<number> {
  const { commands, run } = command;
  const [word, ...rest] = args;
  if (commands !== undefined && (word !== undefined || run === undefined)) {
    if (word !== '--help' && word !== '-h') {
      const below = commands[findCommand({ ...command, commands }, word)];
      return await dispatch(below ?? command, { ...surroundings, args: rest });
    }
    surroundings.print(helpText(command));
    return 0;
  }
  const line = readCommandLine(command, args);
  if (line.help !== undefined) {
    surroundings.print(line.help);
    return 0;
  }
  const { words, options } = line;
  const variables = readVariables(command, surroundings.env);
  const { print, complain } = surroundings;
  return (
    (await run?.({ print, complain, words, options, variables, refuse: (problem) => refuse(command, problem) })) ?? 0
  );
}
