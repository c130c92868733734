import { setTimeout as delay } from 'node:timers/promises';

/** What a task depends on: while one task fails, no other task with the same dependency is tried. */
export type Dependency = 'database' | 'user app';

/** Work that could not be done yet and must be retried. It is in memory: a process that is killed loses it. */
export interface Unfinished {
  /** Retries `work` until it resolves. */
  keep(dependency: Dependency, work: () => Promise<void>): void;
  /** The number of unfinished tasks. */
  readonly size: number;
  /** Retries for so many more milliseconds, then gives up. */
  close(timeoutMs: number): Promise<void>;
}

export interface UnfinishedOptions {
  readonly retryMs?: number;
  /** The most tasks that are kept; one more drops the oldest. */
  readonly limit?: number;
  readonly onError: (error: unknown) => void;
}

interface Work {
  readonly dependency: Dependency;
  readonly run: () => Promise<void>;
}

/** Creates an empty list. Its timer does not keep the process alive. */
export function createUnfinished({ retryMs = 500, limit = 10_000, onError }: UnfinishedOptions): Unfinished {
  const works = new Set<Work>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  /** The last error that was reported: the same error is not reported again. */
  let reported: string | undefined;

  function report(error: unknown): void {
    if (String(error) !== reported) onError(error);
    reported = String(error);
  }

  function tryLater(): void {
    if (works.size > 0) timer ??= setTimeout(() => void tryAll(), retryMs).unref();
  }

  async function tryEach(): Promise<void> {
    const failed = new Set<Dependency>();
    for (const work of [...works]) {
      if (failed.has(work.dependency)) continue;
      try {
        await work.run();
        works.delete(work);
      } catch (error) {
        report(error);
        failed.add(work.dependency);
      }
    }
  }

  function tryAll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running ??= tryEach().finally(() => {
      running = undefined;
      tryLater();
    });
    return running;
  }

  return {
    keep(dependency, run) {
      const [oldest] = works;
      if (works.size >= limit && oldest !== undefined) {
        works.delete(oldest);
        onError(new Error(`more than ${limit} pieces of work are unfinished: the oldest is given up`));
      }
      works.add({ dependency, run });
      tryLater();
    },
    get size() {
      return works.size;
    },
    async close(timeoutMs) {
      const deadline = new AbortController();
      const over = delay(timeoutMs, undefined, { signal: deadline.signal }).catch(() => undefined);
      const done = (async () => {
        while (works.size > 0 && !deadline.signal.aborted) {
          await tryAll();
          if (works.size > 0) await delay(retryMs, undefined, { signal: deadline.signal }).catch(() => undefined);
        }
      })();
      await Promise.race([over, done]);
      deadline.abort();
      clearTimeout(timer);
      if (works.size > 0) onError(new Error(`${works.size} pieces of work are left undone at the end of the process`));
      works.clear();
    },
  };
}
