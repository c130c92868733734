import { setTimeout } from 'node:timers';

/** The number of consecutive timers in a deadline. A block of the event loop uses up the time of one timer only. */
const timersPerDeadline = 4;

/**
 * Starts a deadline for an answer from elsewhere, and returns a function that cancels it. `onTimeout` is called after
 * `ms` milliseconds. A block of the event loop uses up at most a quarter of `ms`. Input that arrived before the deadline
 * is read before `onTimeout` is called. A pending deadline keeps no process alive.
 */
export function startDeadline(ms: number, onTimeout: () => void): () => void {
  let left = timersPerDeadline;
  let immediate: NodeJS.Immediate | undefined;
  let timer = setTimeout(pass, ms / timersPerDeadline).unref();

  function pass(): void {
    left -= 1;
    if (left > 0) timer = setTimeout(pass, ms / timersPerDeadline).unref();
    // In a turn of the event loop, timers run before input is read, and setImmediate runs after it.
    else immediate = setImmediate(onTimeout);
  }

  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
