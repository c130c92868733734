/** The error for a key document that cannot be used. The message names the document and the wrong member, never a value. */
export class KeyDocumentError extends Error {
  override readonly name = 'KeyDocumentError';
  /** `EX_CONFIG` of sysexits.h, for a process that cannot start. */
  readonly exitCode = 78;

  /** @param source the file or setting the document came from */
  constructor(source: string, problem: string) {
    super(`key document ${source}: ${problem}`);
  }
}
