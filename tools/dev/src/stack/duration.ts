/** Starts a stopwatch; the result is read as often as needed: `1.2 s`. */
export function startStopwatch(now: () => number = () => performance.now()): () => string {
  const start = now();
  return () => `${((now() - start) / 1000).toFixed(1)} s`;
}
