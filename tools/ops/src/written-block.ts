/** A document without the block that a command writes. */
class WrittenBlockError extends Error {
  override readonly name = 'WrittenBlockError';
  /** `EX_DATAERR` of sysexits.h. */
  readonly exitCode = 65;
}

/**
 * Returns a Markdown text with new content in the block that a command writes. The text around the block stays.
 *
 * @throws WrittenBlockError unless the text has exactly one block of that command
 */
export function fillBlock(text: string, content: string, { command }: { readonly command: string }): string {
  const [begin, end] = [`<!-- begin: written by ${command} -->`, '<!-- end -->'];
  const [before = '', rest = '', ...more] = text.split(begin);
  const [, after = '', ...others] = rest.split(end);
  if (!text.includes(begin) || !rest.includes(end) || more.length + others.length > 0) {
    throw new WrittenBlockError(`there must be one line ${begin} and below it one line ${end}`);
  }
  return `${before}${begin}\n\n${content}\n\n${end}${after}`;
}
