import { escaped, round, svgHead } from './svg.ts';

/** One bar for each category, or one part of each bar. */
export interface BarSeries {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly number[];
  /** Least and most of the rounds, drawn as a line at the end of the bar. Not for parts of a bar. */
  readonly spreads?: readonly { readonly min: number; readonly max: number }[];
}

export interface BarChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  /** The series are parts of one bar. */
  readonly stacked?: boolean;
  /** Formats the value behind a bar. */
  readonly write: (value: number) => string;
}

const [width, left, right, top, bottom, row, gap] = [760, 270, 84, 40, 66, 16, 12];

/** Draws horizontal bars as SVG, on a white ground for dark pages. */
export function barChart({ title, xLabel, categories, series, stacked = false, write }: BarChartOptions): string {
  const bars = stacked ? 1 : series.length;
  const group = bars * row + gap;
  const height = top + categories.length * group + bottom;
  const totals = categories.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const ends = series.flatMap(({ values, spreads }) => [...values, ...(spreads ?? []).map(({ max }) => max)]);
  const highest = Math.max(...(stacked ? totals : ends), Number.MIN_VALUE);
  const x = (value: number) => round(left + (value / highest) * (width - left - right));
  const y = (category: number, bar: number) => top + category * group + bar * row;
  const label = (at: { x: number; y: number; anchor: string }, content: string) =>
    `<text x="${at.x}" y="${at.y}" text-anchor="${at.anchor}">${escaped(content)}</text>`;
  const bar = (at: { from: number; to: number; y: number }, colour: string) =>
    `<rect x="${x(at.from)}" y="${at.y}" width="${round(x(at.to) - x(at.from))}" height="${row - 3}" fill="${colour}"/>`;

  function barsOf(category: number): string[] {
    if (stacked) {
      let from = 0;
      const drawn = series.map(({ values, colour }) => {
        const to = from + (values[category] ?? 0);
        const part = bar({ from, to, y: y(category, 0) }, colour);
        from = to;
        return part;
      });
      return [...drawn, label({ x: x(from) + 6, y: y(category, 0) + 11, anchor: 'start' }, write(from))];
    }
    return series.flatMap(({ values, spreads, colour }, index) => {
      const [value, spread] = [values[category] ?? 0, spreads?.[category]];
      const middle = y(category, index) + (row - 3) / 2;
      return [
        bar({ from: 0, to: value, y: y(category, index) }, colour),
        ...(spread === undefined
          ? []
          : [`<line x1="${x(spread.min)}" x2="${x(spread.max)}" y1="${middle}" y2="${middle}" stroke="#111"/>`]),
        label({ x: x(Math.max(value, spread?.max ?? 0)) + 6, y: middle + 4, anchor: 'start' }, write(value)),
      ];
    });
  }

  return [
    ...svgHead({ title, width, height }),
    ...categories.flatMap((category, index) => [
      label({ x: left - 8, y: y(index, 0) + (bars * row) / 2 + 3, anchor: 'end' }, category),
      ...barsOf(index),
    ]),
    `<line x1="${left}" x2="${left}" y1="${top - 4}" y2="${height - bottom}" stroke="#888"/>`,
    label({ x: (left + width - right) / 2, y: height - bottom + 20, anchor: 'middle' }, xLabel),
    ...series.flatMap(({ name, colour }, index) => [
      `<rect x="${16 + index * 148}" y="${height - 16}" width="12" height="4" fill="${colour}"/>`,
      label({ x: 34 + index * 148, y: height - 10, anchor: 'start' }, name),
    ]),
    '</svg>',
    '',
  ].join('\n');
}
