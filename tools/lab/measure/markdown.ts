import type { Spread } from './spread.ts';

/** Formats a Markdown table with aligned columns. The first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => [...(row[column] ?? '')].length)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const [head, ...body] = rows.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

/** The median, and in brackets the least and the most. */
export function spreadText({ median, min, max }: Pick<Spread, 'median' | 'min' | 'max'>): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

/** The median, and in brackets the quartiles. */
export function quartileText({ median, lower, upper }: Spread): string {
  return spreadText({ median, min: lower, max: upper });
}

/** Milliseconds, with one decimal below 10. */
export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

/** Microseconds. */
export function micros(value: number): string {
  return `${value.toFixed(0)} µs`;
}
