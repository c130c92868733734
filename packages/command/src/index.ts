export type { CommandLine, OptionValues } from './command-line.ts';
export { findCommand, readCommandLine, refuse } from './command-line.ts';
export type { CommandSpec, OptionSpec } from './command-spec.ts';
export type { DirectAnswer } from './get-directly.ts';
export { getDirectly } from './get-directly.ts';
export { helpText } from './help-text.ts';
export { startCommand } from './start-command.ts';
export { UsageError } from './usage-error.ts';
