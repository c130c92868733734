import { setTimeout } from 'node:timers';

/** A deadline is a few waits in a row, so that one during which the process stood still costs only its share of the time. */
const waits = 4;

/**
 * Starts a deadline for an answer from elsewhere, and returns a function that cancels it. `onOver` is called once `ms` have
 * passed during which this process could have read the answer: a longer standstill of its event loop counts as a quarter
 * of `ms`, and what has arrived by the end is read first. A pending deadline keeps no process alive.
 */
export function startDeadline(ms: number, onOver: () => void): () => void {
  let left = waits;
  let immediate: NodeJS.Immediate | undefined;
  let timer = setTimeout(pass, ms / waits).unref();

  function pass(): void {
    left -= 1;
    if (left > 0) timer = setTimeout(pass, ms / waits).unref();
    // Timers come before input in a turn of the event loop, this after it.
    else immediate = setImmediate(onOver);
  }

  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
