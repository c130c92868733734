/** One line of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The samples of one metric in the Prometheus text format 0.0.4; `undefined` where the text does not declare it.
 *
 * @throws SyntaxError naming the line of that metric that cannot be read. Lines of other metrics are not looked at
 */
export function parseSamples(text: string, metric: string): readonly Sample[] | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  if (!lines.some((line) => new RegExp(`^# TYPE ${metric}\\s`).test(line))) return undefined;
  return lines.filter((line) => new RegExp(`^${metric}[\\s{]`).test(line)).map((line) => parseSample(line, metric));
}

function parseSample(line: string, metric: string): Sample {
  const [whole, labels = ''] = /^\w+\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s*/.exec(line) ?? [''];
  // A timestamp may follow.
  const [value = '', , ...more] = line.slice(whole.length).split(/\s+/);
  const number = Number(value);
  if (value === '' || Number.isNaN(number) || more.length > 0) throw malformed(line, metric);
  return { labels: parseLabels(labels, () => malformed(line, metric)), value: number };
}

/** `name="value"` and so on; the last one may have a comma behind it. */
function parseLabels(text: string, malformed: () => Error): Record<string, string> {
  const labels: Record<string, string> = {};
  const label = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/y;
  while (label.lastIndex < text.length) {
    const [, name, value] = label.exec(text) ?? [];
    if (name === undefined || value === undefined) throw malformed();
    labels[name] = readValue(value);
  }
  return labels;
}

/** A backslash, a quote and a line feed are escaped in label values, and nothing else is. */
function readValue(value: string): string {
  return value.replace(/\\(\\|"|n)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function malformed(line: string, metric: string): SyntaxError {
  return new SyntaxError(`a line of ${metric} is malformed: ${JSON.stringify(line)}`);
}
