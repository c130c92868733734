import { setTimeout as delay } from 'node:timers/promises';

/** Resolves once something is true, and rejects when that takes too long. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`still not true after ${withinMs} ms: ${isTrue}`);
    await delay(5);
  }
}
