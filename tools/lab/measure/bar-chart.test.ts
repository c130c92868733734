import { describe, expect, it } from '@jest/globals';
import { type BarChartOptions, barChart } from './bar-chart.ts';

const options: BarChartOptions = {
  title: 'Cost & <load>',
  xLabel: 'µs',
  categories: ['open', 'bearer'],
  series: [
    { name: 'service', colour: '#001', values: [100, 200] },
    { name: 'store', colour: '#002', values: [50, 100] },
  ],
  write: (value) => `${value} µs`,
};

/** Left end and width of every bar of a colour. */
function barsOf(svg: string, colour: string): { x: number; width: number }[] {
  const found = svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="13" fill="(#\d+)"/g);
  return [...found].flatMap(([, x, width, fill]) => (fill === colour ? [{ x: Number(x), width: Number(width) }] : []));
}

describe('barChart', () => {
  it('draws every value to one scale, from one line', () => {
    const svg = barChart(options);
    const [first, second] = barsOf(svg, '#001');
    const [third] = barsOf(svg, '#002');
    expect((second?.width ?? 0) / (first?.width ?? 1)).toBeCloseTo(2);
    expect((first?.width ?? 0) / (third?.width ?? 1)).toBeCloseTo(2);
    expect(new Set([first?.x, second?.x, third?.x]).size).toBe(1);
    for (const text of ['100 µs', '200 µs', '50 µs', '>open<', '>bearer<', '>service<']) expect(svg).toContain(text);
  });

  it('draws the parts of a stacked bar one after the other, and writes their sum', () => {
    const svg = barChart({ ...options, stacked: true });
    const [first] = barsOf(svg, '#001');
    const [part] = barsOf(svg, '#002');
    expect(part?.x).toBeCloseTo((first?.x ?? 0) + (first?.width ?? 0));
    expect(svg).toContain('>150 µs<');
    expect(svg).toContain('>300 µs<');
  });

  it('leaves space for the widest spread', () => {
    const [series] = options.series;
    const spreads = [
      { min: 90, max: 110 },
      { min: 150, max: 400 },
    ];
    const svg = barChart({ ...options, series: [{ ...(series ?? options.series[1]), spreads } as never] });
    const [, to] = /x2="([\d.]+)" y1="[\d.]+" y2="[\d.]+" stroke="#111"/g.exec(svg.slice(svg.indexOf('bearer'))) ?? [];
    expect(Number(to)).toBeGreaterThan(600);
    expect(Number(to)).toBeLessThan(760);
  });

  it('escapes texts', () => {
    expect(barChart(options)).toContain('<title>Cost &amp; &lt;load></title>');
  });
});
