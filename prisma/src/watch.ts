import type { TroubleKind } from './trouble-kinds.ts';
import { type DatabaseTrouble, databaseTrouble } from './unavailable.ts';

/** Callbacks for a database that cannot work, and for its recovery. */
export interface DatabaseListener {
  /** Called once for each kind of trouble, until the database works again. `reason` is for operators. */
  readonly onTrouble: (reason: string) => void;
  readonly onRecovered: () => void;
}

/** Follows the outcomes of the statements of one database. */
export interface DatabaseWatch {
  /** Reports an error, or with `undefined` a success. */
  observe(error: unknown): void;
  /** Reports a reason why the service is not ready. */
  fail(error: unknown): void;
  listen(listener: DatabaseListener): void;
}

/** Time after the last trouble from which a success is a recovery: one of two tables may be locked. */
const QUIET_MS = 5_000;

/** Creates a watch. `now` is a monotonic clock in milliseconds. */
export function createDatabaseWatch({ now = () => performance.now() } = {}): DatabaseWatch {
  let listener: DatabaseListener | undefined;
  let lastTroubleAt = 0;
  const reported = new Set<TroubleKind>();
  const report = ({ kind, reason }: DatabaseTrouble): void => {
    lastTroubleAt = now();
    if (reported.has(kind)) return;
    reported.add(kind);
    listener?.onTrouble(reason);
  };
  return {
    observe(error) {
      if (error === undefined) {
        if (reported.size === 0 || now() - lastTroubleAt < QUIET_MS) return;
        reported.clear();
        listener?.onRecovered();
        return;
      }
      const trouble = databaseTrouble(error);
      // A conflict ends with its transaction.
      if (trouble === undefined || trouble.kind === 'conflict') return;
      report(trouble);
    },
    fail(error) {
      const said = error instanceof Error ? error.message : String(error);
      report(databaseTrouble(error) ?? { kind: 'broken', reason: `the database cannot be queried: ${said}` });
    },
    listen(next) {
      listener = next;
    },
  };
}
