/** Finds the name that a mistyped word most likely means: at most two edits away, or begun by the word. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => word.length > 1 && name.startsWith(word));
  if (begun.length === 1) return begun[0];
  const rated = names.map((name) => ({ name, edits: editsBetween(word, name) })).sort((a, b) => a.edits - b.edits);
  const [best] = rated;
  return best !== undefined && best.edits <= Math.min(2, Math.floor(word.length / 2)) ? best.name : undefined;
}

/** The Levenshtein distance: how many characters to insert, remove or replace. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (character === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
