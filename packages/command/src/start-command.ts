import { argv, exit, stderr, stdout } from 'node:process';
import type { CommandLine } from './command-line.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandSpec } from './command-spec.ts';
import { UsageError } from './usage-error.ts';

/**
 * Reads the command line of this process, at the start of a program. Prints help and exits 0 when help is requested; prints
 * one line and exits 64 when the command line is wrong; otherwise returns the parsed command line.
 */
export function startCommand<const S extends CommandSpec>(spec: S): Exclude<CommandLine<S>, { readonly help: string }> {
  try {
    const line = readCommandLine(spec, argv.slice(2));
    if (line.help === undefined) return line;
    stdout.write(`${line.help}\n`);
    return exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\n`);
    return exit(error.exitCode);
  }
}
