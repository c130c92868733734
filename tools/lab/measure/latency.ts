/**
 * Times a request every `everyMs`, whether or not the last one is answered: a slow answer must not thin out the
 * measurements of what is slow. Ends with `until` and the answers that are still to come.
 *
 * @returns milliseconds, in the order of the requests
 */
export async function timeSteadily(
  request: () => Promise<void>,
  { everyMs, until }: { everyMs: number; until: Promise<unknown> },
): Promise<number[]> {
  const times: Promise<number>[] = [];
  const timer = setInterval(() => times.push(time(request)), everyMs);
  try {
    await until;
  } finally {
    clearInterval(timer);
  }
  return Promise.all(times);
}

/** The value that the given share of the times does not exceed. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

/** One line about a list of times. */
export function describeTimes(name: string, times: readonly number[]): string {
  const shown = [0.5, 0.99, 1].map((share) => `${percentile(times, share).toFixed(1)} ms`.padStart(10));
  return `${name.padEnd(36)} p50 ${shown[0]}  p99 ${shown[1]}  max ${shown[2]}  (${times.length})`;
}

async function time(request: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await request();
  return performance.now() - start;
}
