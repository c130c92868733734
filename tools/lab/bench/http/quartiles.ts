/** The middle of some runs, and between what the middle half of them lies. */
export interface Quartiles {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Between two values a quartile is interpolated (type 7 of Hyndman and Fan, the usual one). */
export function quartilesOf(values: readonly number[]): Quartiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = (sorted.length - 1) * share;
    const [below = Number.NaN, above = below] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
    return below + (above - below) * (position - Math.floor(position));
  };
  return { median: at(0.5), lower: at(0.25), upper: at(0.75) };
}

/** The interquartile range. */
export function rangeOf({ lower, upper }: Quartiles): number {
  return upper - lower;
}

/**
 * The ratio of two things within each run: what the machine did in a run falls on both of them.
 *
 * @throws RangeError when they are not from the same runs
 */
export function ratiosOf(values: readonly number[], base: readonly number[]): Quartiles {
  if (values.length !== base.length) throw new RangeError('a ratio needs two values of every run');
  return quartilesOf(values.map((value, run) => value / (base[run] ?? Number.NaN)));
}
