/** The blocks of a page that the script writes, by name. Around them is what people have written. */
export type Blocks = Readonly<Record<string, string>>;

/**
 * Puts every block between its marks (`<!-- compare:name -->` … `<!-- /compare:name -->`, for another script with its own
 * word in place of `compare`) and leaves the rest as it is.
 *
 * @throws Error when the page has a block that is not given, or lacks one that is
 */
export function fillIn(page: string, blocks: Blocks, script = 'compare'): string {
  const missing = new Set(Object.keys(blocks));
  const place = new RegExp(`<!-- ${script}:(\\w+) -->\\n.*?<!-- /${script}:\\1 -->`, 'gs');
  const filled = page.replace(place, (_whole, name: string) => {
    const block = blocks[name];
    if (block === undefined) throw new Error(`the page wants ${name}, which there is not`);
    missing.delete(name);
    return `<!-- ${script}:${name} -->\n${block}\n<!-- /${script}:${name} -->`;
  });
  if (missing.size > 0) throw new Error(`the page has no place for ${[...missing].join(', ')}`);
  return filled;
}
