import type { Spread } from '../measure/spread.ts';

/** The middle of the runs, and in brackets the least and the most. */
export function spreadText({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

/** Milliseconds, as exact as they matter. */
export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

/** Microseconds. */
export function micros(value: number): string {
  return `${value.toFixed(0)} µs`;
}
