/** A command line that a command does not understand: one line that names the mistake and where help is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** `EX_USAGE` of sysexits.h. */
  readonly exitCode = 64;
}
