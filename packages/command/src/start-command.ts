import { argv, env, exit, stderr, stdout } from 'node:process';
import { readCommandLine, readVariables } from './command-line.ts';
import type { CommandSpec, OptionValues, VariableValues } from './command-spec.ts';
import { UsageError } from './usage-error.ts';

/** The command line of a program, and the environment variables that its command declares. */
export interface Started<S extends CommandSpec> {
  readonly words: readonly string[];
  readonly options: OptionValues<NonNullable<S['options']>>;
  readonly variables: VariableValues<NonNullable<S['variables']>>;
}

/**
 * Reads the command line of this process, at the start of a program that is one script and needs no `run`. Prints help and
 * exits 0 when help is requested; prints one line and exits 64 when the command line is wrong.
 */
export function startCommand<const S extends CommandSpec>(spec: S): Started<S> {
  try {
    const line = readCommandLine(spec, argv.slice(2));
    if (line.help === undefined) return { ...line, variables: readVariables(spec, env) };
    stdout.write(`${line.help}\n`);
    return exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\n`);
    return exit(error.exitCode);
  }
}
