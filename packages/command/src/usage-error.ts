/** A wrong command line. The message is one line with the mistake and how to get help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** `EX_USAGE` of sysexits.h. */
  readonly exitCode = 64;
}
