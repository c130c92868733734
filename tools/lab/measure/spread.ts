/** The five-number summary of some values. */
export interface Spread {
  readonly min: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  readonly max: number;
}

/** Summarizes values. A quartile between two values is interpolated (type 7 of Hyndman and Fan, the usual one). */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = (sorted.length - 1) * share;
    const [below = Number.NaN, above = below] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
    return below + (above - below) * (position - Math.floor(position));
  };
  return { min: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), max: at(1) };
}

/**
 * Divides values by those of the same round: a disturbance of the machine in a round affects both of them.
 *
 * @throws RangeError when the lists differ in length
 */
export function ratioOf(values: readonly number[], base: readonly number[]): Spread {
  if (values.length !== base.length) throw new RangeError('a ratio needs two values of every round');
  return spreadOf(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

/** The smallest value that at least this share of the values does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

/** Rotates a list by the number of the round and reverses it every second round, so that no place is the same one's always. */
export function orderOf<T>(all: readonly T[], round: number): readonly T[] {
  const first = round % all.length;
  const rotated = [...all.slice(first), ...all.slice(0, first)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}
