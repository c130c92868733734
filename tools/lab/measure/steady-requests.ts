import { percentile } from './spread.ts';

/**
 * Times a request every `everyMs`, whether or not the last one is answered: waiting for a slow answer would leave out the
 * requests that it delays. Ends with `until` and the answers still to come.
 *
 * @returns milliseconds, in the order of the requests
 */
export async function timeSteadily(
  request: () => Promise<void>,
  { everyMs, until }: { everyMs: number; until: Promise<unknown> },
): Promise<number[]> {
  const times: Promise<number>[] = [];
  const timer = setInterval(() => times.push(timeOf(request)), everyMs);
  try {
    await until;
  } finally {
    clearInterval(timer);
  }
  return Promise.all(times);
}

/** How long an operation takes, in milliseconds. */
export async function timeOf(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** One line about a list of times: p50, p99, maximum and count. */
export function describeTimes(name: string, times: readonly number[]): string {
  const shown = [0.5, 0.99, 1].map((share) => `${percentile(times, share).toFixed(1)} ms`.padStart(10));
  return `${name.padEnd(36)} p50 ${shown[0]}  p99 ${shown[1]}  max ${shown[2]}  (${times.length})`;
}
