/** A command that cannot be carried out as asked. The message says why, and what to do. */
export class KeyCommandError extends Error {
  override readonly name = 'KeyCommandError';
  /** 1: not now. 64 (EX_USAGE of sysexits): not like this. */
  readonly exitCode: 1 | 64;

  constructor(message: string, exitCode: 1 | 64 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
