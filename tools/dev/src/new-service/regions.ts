/** A line of a template, or lines that are rendered for each of something. */
type Part = string | { readonly kind: string; readonly parts: readonly Part[] };

/** Renders the lines of a region: once, several times or never. `render` gives its lines in one context. */
export type RenderRegion<Context> = (
  kind: string,
  context: Context,
  render: (context: Context) => readonly string[],
) => readonly string[];

const begin = /^\s*\/\/ (.+):$/;
const end = /^\s*\/\/ end$/;

/**
 * Renders a template with regions. A region begins with a comment that is its kind and a colon, such as
 * `// for each callee:`, and ends with `// end`. Regions may stand in each other.
 *
 * @throws Error for a region without its end
 */
export function renderRegions<Context>(
  text: string,
  context: Context,
  {
    kinds,
    region,
    line,
  }: {
    /** The comments that begin a region. */
    readonly kinds: readonly string[];
    readonly region: RenderRegion<Context>;
    /** Renders a line: one or several, or none. */
    readonly line: (line: string, context: Context) => readonly string[];
  },
): string {
  const lines = text.split('\n');
  const parts = readParts(lines, kinds);
  if (lines.length > 0) throw new Error(`a template has an end without a region: ${lines.join('\n')}`);
  const render = (some: readonly Part[], inside: Context): readonly string[] =>
    some.flatMap((part) =>
      typeof part === 'string' ? line(part, inside) : region(part.kind, inside, (each) => render(part.parts, each)),
    );
  return render(parts, context).join('\n');
}

/** Reads the parts up to the end of a region or of the text, and removes their lines. */
function readParts(lines: string[], kinds: readonly string[], isInside = false): readonly Part[] {
  const parts: Part[] = [];
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const kind = begin.exec(line)?.[1];
    if (end.test(line)) {
      if (isInside) return parts;
      lines.unshift(line);
      return parts;
    }
    if (kind !== undefined && kinds.includes(kind)) parts.push({ kind, parts: readParts(lines, kinds, true) });
    else parts.push(line);
  }
  if (isInside) throw new Error('a region of a template has no end');
  return parts;
}
