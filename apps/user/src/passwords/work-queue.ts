import { assertNotGone } from '../limits/client.ts';
import { UserError } from '../user-error.ts';

export interface WorkQueue {
  /**
   * Runs a job when a slot is free.
   *
   * @throws UserError `too_busy` when the queue is full
   * @throws ClientGoneError when `signal` is aborted before the job begins
   */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Returns how many jobs run and how many wait. */
  stats(): { running: number; waiting: number };
}

/**
 * Creates a queue that runs at most `concurrency` jobs at a time, in order, and lets at most `capacity` wait. Further jobs
 * are rejected at once: a client is better served by a quick refusal than by a long wait.
 */
export function createWorkQueue({ concurrency, capacity }: { concurrency: number; capacity: number }): WorkQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function takeSlot(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (waiting.length >= capacity) throw new UserError('too_busy');
    // A job that ends passes its slot on, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return {
    async run(job, signal) {
      await takeSlot();
      try {
        assertNotGone(signal);
        return await job();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
    stats: () => ({ running, waiting: waiting.length }),
  };
}
