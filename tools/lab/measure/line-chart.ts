import { escaped, round, svgHead } from './svg.ts';

/** One line of a chart: a value for each step of the x axis. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly number[];
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** A shaded part of the x axis and its label. */
  readonly band?: { readonly from: number; readonly to: number; readonly label: string };
}

const [width, height, left, right, top, bottom] = [760, 300, 56, 16, 40, 64];

/** Draws a line chart as SVG, on a white ground for dark pages. */
export function lineChart({ title, xLabel, yLabel, series, band }: ChartOptions): string {
  const steps = Math.max(2, ...series.map(({ values }) => values.length));
  const highest = niceCeiling(Math.max(1, ...series.flatMap(({ values }) => values)));
  const x = (step: number) => round(left + (step / (steps - 1)) * (width - left - right));
  const y = (value: number) => round(height - bottom - (value / highest) * (height - top - bottom));
  const text = (at: { x: number; y: number; anchor?: string }, content: string, extra = '') =>
    `<text x="${at.x}" y="${at.y}" text-anchor="${at.anchor ?? 'middle'}"${extra}>${escaped(content)}</text>`;
  const yTicks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * highest);
  const xTicks = Array.from({ length: 7 }, (_, index) => Math.round((index / 6) * (steps - 1)));
  return [
    ...svgHead({ title, width, height }),
    ...(band === undefined ? [] : bandOf(band)),
    ...yTicks.flatMap((tick) => [
      `<line x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>`,
      text({ x: left - 8, y: y(tick) + 4, anchor: 'end' }, String(round(tick))),
    ]),
    ...xTicks.map((tick) => text({ x: x(tick), y: height - bottom + 18 }, String(tick))),
    text({ x: width / 2, y: height - bottom + 36 }, xLabel),
    `<text transform="translate(14 ${(height - bottom + top) / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>`,
    ...series.map(({ colour, values }) => {
      const points = values.map((value, step) => `${x(step)},${y(value)}`).join(' ');
      return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    }),
    ...series.flatMap(({ name, colour }, index) => [
      `<rect x="${left + index * 190}" y="${height - 16}" width="12" height="4" fill="${colour}"/>`,
      text({ x: left + 18 + index * 190, y: height - 10, anchor: 'start' }, name),
    ]),
    '</svg>',
    '',
  ].join('\n');

  function bandOf({ from, to, label }: NonNullable<ChartOptions['band']>): string[] {
    return [
      `<rect x="${x(from)}" y="${top}" width="${round(x(to) - x(from))}" height="${height - top - bottom}" fill="#f3e3c8"/>`,
      text({ x: round((x(from) + x(to)) / 2), y: top + 14 }, label, ' fill="#8a5a00"'),
    ];
  }
}

/** The next value of 1, 2 or 5 times a power of ten. */
function niceCeiling(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return (([1, 2, 5].find((step) => step * magnitude >= value) ?? 10) as number) * magnitude;
}
