/** A key document that cannot be used. Says which one and which member is wrong, never its value. */
export class KeyDocumentError extends Error {
  override readonly name = 'KeyDocumentError';
  /** EX_CONFIG of sysexits: a configuration error, for the process that cannot start. */
  readonly exitCode = 78;

  /** @param source the file or setting the document came from */
  constructor(source: string, problem: string) {
    super(`key document ${source}: ${problem}`);
  }
}
