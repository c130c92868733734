import type { TroubleKind } from './trouble-kinds.ts';
import type { DatabaseTrouble } from './unavailable.ts';
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
  /** To be called with what keeps the service from being ready, whatever it is. */
  fail(error: unknown): void;
  listen(listener: DatabaseListener): void;
}

/** All is well again after so long without trouble: of two tables one may be locked and the other not. */
const QUIET_MS = 5_000;

/** Creates a watch. `now` is a monotonic clock in milliseconds. */
export function createDatabaseWatch({ now = () => performance.now() } = {}): DatabaseWatch {
  let listener: DatabaseListener | undefined;
  let lastTroubleAt = 0;
  const told = new Set<TroubleKind>();
  const tell = ({ kind, reason }: DatabaseTrouble): void => {
    lastTroubleAt = now();
    if (told.has(kind)) return;
    told.add(kind);
    listener?.onTrouble(reason);
  };
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
      tell(trouble);
    },
    fail(error) {
      const said = error instanceof Error ? error.message : String(error);
      tell(databaseTrouble(error) ?? { kind: 'broken', reason: `the database cannot be asked: ${said}` });
    },
    listen(next) {
      listener = next;
    },
  };
}
