/** A mistake of the developer. The message is the whole report: one line, with the fix and without a secret. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  /** The exit code of the process: 1, or 78 (`EX_CONFIG` of sysexits.h) when a setting is wrong. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}
