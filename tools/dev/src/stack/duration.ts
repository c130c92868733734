/** Starts a stopwatch, and returns the function that reads it: `1.2 s`. */
export function startStopwatch(now: () => number = () => performance.now()): () => string {
  const start = now();
  return () => `${((now() - start) / 1000).toFixed(1)} s`;
}
