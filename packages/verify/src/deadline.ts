import { setTimeout } from 'node:timers';

/** How many timers in a row make up a deadline. A blocked event loop uses up the time of one timer only. */
const waits = 4;

/**
 * Starts a deadline for an answer from elsewhere, and returns a function that cancels it. `onTimeout` is called after
 * `ms` milliseconds. Each time the event loop is blocked counts as a quarter of `ms` at most, and input that has
 * arrived by the end is read first. A pending deadline keeps no process alive.
 */
export function startDeadline(ms: number, onTimeout: () => void): () => void {
  let left = waits;
  let immediate: NodeJS.Immediate | undefined;
  let timer = setTimeout(pass, ms / waits).unref();

  function pass(): void {
    left -= 1;
    if (left > 0) timer = setTimeout(pass, ms / waits).unref();
    // In a turn of the event loop, timers run before input is read, and setImmediate runs after it.
    else immediate = setImmediate(onTimeout);
  }

  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
