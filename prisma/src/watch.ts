import type { TroubleKind } from './trouble-kinds.ts';
import { databaseTrouble } from './unavailable.ts';

/** Told when a database cannot do its work, and when it can again. */
export interface DatabaseListener {
  /** Called once for each kind of trouble, until all is well again. `reason` is in words for operators. */
  readonly onTrouble: (reason: string) => void;
  readonly onRecovered: () => void;
}

/** Follows what becomes of the statements of one database. */
export interface DatabaseWatch {
  /** To be called with each error, and with `undefined` after each success. */
  observe(error: unknown): void;
  listen(listener: DatabaseListener): void;
}

/** All is well again after so long without trouble: of two tables one may be locked and the other not. */
const QUIET_MS = 5_000;

/** Creates a watch. `now` is a monotonic clock in milliseconds. */
export function createDatabaseWatch({ now = () => performance.now() } = {}): DatabaseWatch {
  let listener: DatabaseListener | undefined;
  let lastTroubleAt = 0;
  const told = new Set<TroubleKind>();
  return {
    observe(error) {
      if (error === undefined) {
        if (told.size === 0 || now() - lastTroubleAt < QUIET_MS) return;
        told.clear();
        listener?.onRecovered();
        return;
      }
      const trouble = databaseTrouble(error);
      // A conflict is over with its transaction.
      if (trouble === undefined || trouble.kind === 'conflict') return;
      lastTroubleAt = now();
      if (told.has(trouble.kind)) return;
      told.add(trouble.kind);
      listener?.onTrouble(trouble.reason);
    },
    listen(next) {
      listener = next;
    },
  };
}
