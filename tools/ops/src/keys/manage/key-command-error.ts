/** The error for a command that cannot be carried out. The message names the reason and the repair. */
export class KeyCommandError extends Error {
  override readonly name = 'KeyCommandError';
  /** 1: not possible now. 64 (`EX_USAGE` of sysexits.h): wrong usage. */
  readonly exitCode: 1 | 64;

  constructor(message: string, exitCode: 1 | 64 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
