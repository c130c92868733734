/** Random choices that a seed repeats. */
export interface Chance {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Creates the choices of a seed (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    pick: <T>(values: readonly T[]) => values[below(values.length)] as T,
  };
}
