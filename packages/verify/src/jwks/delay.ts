const firstRetryMs = 1000;
const longestRetryMs = 30_000;

/**
 * Milliseconds until keys are asked for again: the last tenth of their fresh time is spread, so that replicas that were
 * started together do not ask together.
 */
export function refreshDelayMs(freshForSeconds: number, random: () => number): number {
  return freshForSeconds * 1000 * (0.9 + 0.1 * random());
}

/** Milliseconds until the next try after `failures` (1 or more) in a row: doubling from 1 to 30 s, the later half spread. */
export function retryDelayMs(failures: number, random: () => number): number {
  const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1));
  return (longest / 2) * (1 + random());
}
