import { describe, expect, it } from '@jest/globals';
import { createWorkQueue } from './work-queue.ts';

/** Creates jobs that the test ends. */
function controlledJobs() {
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  const job = (id: number) => () => {
    started.push(id);
    return new Promise<number>((resolve) => ends.set(id, () => resolve(id)));
  };
  /** Ends a job and waits until the next one has had its chance to start. */
  const end = async (id: number) => {
    ends.get(id)?.();
    await new Promise(setImmediate);
  };
  return { started, job, end };
}

describe('createWorkQueue', () => {
  it('runs at most `concurrency` jobs at a time, in order', async () => {
    const queue = createWorkQueue({ concurrency: 2, capacity: 10 });
    const { started, job, end } = controlledJobs();
    const results = [1, 2, 3, 4].map((id) => queue.run(job(id)));
    await new Promise(setImmediate);
    expect(started).toEqual([1, 2]);
    expect(queue.stats()).toEqual({ running: 2, waiting: 2 });
    await end(1);
    expect(started).toEqual([1, 2, 3]);
    await end(2);
    await end(3);
    await end(4);
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
    expect(queue.stats()).toEqual({ running: 0, waiting: 0 });
  });

  it('rejects a job with too_busy when the queue is full, and accepts one after a slot is free', async () => {
    const queue = createWorkQueue({ concurrency: 1, capacity: 1 });
    const { started, job, end } = controlledJobs();
    const results = [queue.run(job(1)), queue.run(job(2))];
    await new Promise(setImmediate);
    await expect(queue.run(job(3))).rejects.toMatchObject({ code: 'too_busy' });
    await end(1);
    results.push(queue.run(job(4)));
    await end(2);
    await end(4);
    expect(await Promise.all(results)).toEqual([1, 2, 4]);
    expect(started).toEqual([1, 2, 4]);
  });

  it('continues after a job that failed', async () => {
    const queue = createWorkQueue({ concurrency: 1, capacity: 1 });
    await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run(async () => 'yes')).toBe('yes');
    expect(queue.stats()).toEqual({ running: 0, waiting: 0 });
  });
});
