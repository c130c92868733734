import { UserError } from '../user-error.ts';

/**
 * Runs work after all earlier work of the same key has ended. `hasWaited` is whether there was any.
 *
 * @throws UserError `account_busy`
 */
export type KeyedMutex = <T>(key: string, work: (hasWaited: boolean) => Promise<T>) => Promise<T>;

/** Work that waited longer than this is not begun: the client has given up, or is about to. */
const maxWaitMs = 5000;

/**
 * Creates a mutex of this process for each key, first in, first out. It is for work that would wait for a database lock
 * anyway: while work waits here, it holds no connection of the pool.
 *
 * @param options.now milliseconds of a monotonic clock
 */
export function createKeyedMutex({ now = () => performance.now() }: { now?: () => number } = {}): KeyedMutex {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const startedAt = now();
    const begin = () => {
      if (now() - startedAt > maxWaitMs) throw new UserError('account_busy');
      return work(true);
    };
    const before = last.get(key);
    const result = before === undefined ? work(false) : before.then(begin, begin);
    last.set(key, result);
    const release = () => {
      if (last.get(key) === result) last.delete(key);
    };
    result.then(release, release);
    return result;
  };
}
