const firstRetryMs = 1000;
const longestRetryMs = 30_000;

/**
 * Returns the milliseconds until the next fetch after a success: a random time in the last tenth of the fresh time, so
 * that replicas that were started together do not fetch together.
 */
export function refreshDelayMs(freshForSeconds: number, random: () => number): number {
  return freshForSeconds * 1000 * (0.9 + 0.1 * random());
}

/**
 * Returns the milliseconds until the next retry after `failures` (1 or more) in a row: a random time between 50 % and
 * 100 % of a limit. The limit doubles from 1 s up to 30 s.
 */
export function retryDelayMs(failures: number, random: () => number): number {
  const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1));
  return (longest / 2) * (1 + random());
}
