import { assertNotGone } from '../limits/client.ts';
import { UserError } from '../user-error.ts';

export interface WorkQueue {
  /**
   * Runs a job when its turn comes.
   *
   * @throws UserError `too_busy` when too many wait already
   * @throws ClientGoneError when `signal` is aborted before its turn
   */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Jobs that run and jobs that wait. */
  stats(): { running: number; waiting: number };
}

/**
 * Runs at most `concurrency` jobs at a time, in order, and lets at most `capacity` wait: beyond that it is quicker for
 * everybody to be told so than to wait.
 */
export function createWorkQueue({ concurrency, capacity }: { concurrency: number; capacity: number }): WorkQueue {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (waiting.length >= capacity) throw new UserError('too_busy');
    // Whoever ends hands its place over, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return {
    async run(job, signal) {
      await turn();
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
