import { fileURLToPath } from 'node:url';
import { startChild, typeScript } from '../measure/child.ts';
import type { Load, LoadResult } from '../measure/load.ts';

/** A process that sends requests, so that their cost is not counted with what is measured. */
export interface LoadGenerator {
  /** Runs one load at a time. @throws Error when a request is not answered 200 */
  run(load: Load): Promise<LoadResult>;
  close(): Promise<void>;
}

/** Starts the process. Pending loads are rejected when the signal fires. */
export function startLoadGenerator(signal: AbortSignal): LoadGenerator {
  const child = startChild(fileURLToPath(new URL('./load-process.ts', import.meta.url)), typeScript, signal);
  return {
    async run(load) {
      const url = load.ask.origin + load.ask.path;
      const result = await child.ask<LoadResult>(load);
      const failures = Object.entries(result.failures).map(([status, count]) => `${count} x ${status}`);
      if (failures.length > 0) throw new Error(`${url} answered ${failures.join(', ')}`);
      return result;
    },
    close: child.close,
  };
}
