/** A mistake of whoever runs the command: its message alone is printed. `exitCode` as in sysexits.h. */
export class CallsError extends Error {
  override readonly name = 'CallsError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
