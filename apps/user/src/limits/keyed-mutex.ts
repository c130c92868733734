import { UserError } from '../user-error.ts';

/**
 * Does work once all work of the same key that came before has ended. The work is told whether there was any.
 *
 * @throws UserError `account_busy`
 */
export type Turns = <T>(key: string, work: (hasWaited: boolean) => Promise<T>) => Promise<T>;

/** Work that waited longer than this is not begun: the client has given up, or is about to. */
const maxWaitMs = 5000;

/**
 * Makes work of one key take turns within this process, in the order in which it came. For work that the database would
 * make wait anyway: while it waits here it holds no connection of the pool.
 *
 * @param options.now milliseconds of a monotonic clock
 */
export function createTurns({ now = () => performance.now() }: { now?: () => number } = {}): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const cameAt = now();
    const begin = () => {
      if (now() - cameAt > maxWaitMs) throw new UserError('account_busy');
      return work(true);
    };
    const before = last.get(key);
    const turn = before === undefined ? work(false) : before.then(begin, begin);
    last.set(key, turn);
    const leave = () => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  };
}
