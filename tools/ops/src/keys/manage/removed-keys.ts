import { loadedKeys } from '@auth/keys/loaded-keys';
import type { Folder } from './folder.ts';
import type { Gate } from './gate.ts';
import type { HistoryEntry } from './history.ts';

/** The ids of keys that were removed, by the service whose document held them. */
export type RemovedKeys = ReadonlyMap<string, readonly string[]>;

/** Finds the keys that a change of documents has removed. */
export function removedKeys(before: Folder, after: Folder): RemovedKeys {
  const removed = new Map<string, string[]>();
  for (const [service, document] of before) {
    const now = after.get(service);
    const kept = new Set(now === undefined ? [] : loadedKeys(now).map(({ kid }) => kid));
    const gone = new Set(loadedKeys(document).flatMap(({ kid }) => (kept.has(kid) ? [] : [kid])));
    if (gone.size > 0) removed.set(service, [...gone]);
  }
  return removed;
}

/** Finds the keys that were removed at any time and are not in the document of their service now. */
export function everRemovedKeys(history: readonly HistoryEntry[], folder: Folder): RemovedKeys {
  const removed = new Map<string, string[]>();
  for (const [service, document] of folder) {
    const kept = new Set(loadedKeys(document).map(({ kid }) => kid));
    const known = new Set(history.flatMap((entry) => (entry.service === service ? [entry.kid] : [])));
    const gone = [...known].filter((kid) => !kept.has(kid));
    if (gone.length > 0) removed.set(service, gone);
  }
  return removed;
}

/** Lists the replicas that have not confirmed that removed keys are out of force; empty when all have. */
export function unconfirmed(removed: RemovedKeys, gate: Gate): readonly string[] {
  return [...removed].flatMap(([service, kids]) => gate.holders(service, kids));
}
