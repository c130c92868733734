import { type LoadedKey, loadedKeys } from '@auth/keys/loaded-keys';
import { type Gate, unmet } from './gate.ts';
import { readHistory } from './history.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { KeyStore } from './key-store.ts';
import { everRemovedKeys } from './removed-keys.ts';
import { allRotations } from './rotations.ts';

/** One key of one document. */
export interface KeyStatus extends LoadedKey {
  readonly service: string;
  /** Seconds since the key was made; undefined when that is not in the history. */
  readonly ageSeconds: number | undefined;
  /** The number of replicas that have the key in this state. */
  readonly loaded: number;
  /** The number of replicas of the service that were asked. */
  readonly asked: number;
}

export interface RotationStatus {
  readonly rotation: string;
  /** `rest`: not begun. `ready`, `blocked`: under way, its next step is safe or not. `stuck`: must be repaired first. */
  readonly state: 'rest' | 'ready' | 'blocked' | 'stuck';
  /** The next step, in the words of the report that would follow it. */
  readonly did: string | undefined;
  readonly blockers: readonly string[];
}

export interface FolderStatus {
  readonly keys: readonly KeyStatus[];
  /** The next step of each rotation, and the replicas that are not ready for it. */
  readonly next: readonly RotationStatus[];
  /** The replicas that a changed document does not reach, or that still hold a removed key, each with the reason. */
  readonly undelivered?: readonly string[];
}

/** Collects place, state, age and replicas of every key, and the next step of every rotation. */
export async function statusOf(store: KeyStore, gate: Gate, now: () => Date): Promise<FolderStatus> {
  const folder = await store.read();
  const born = new Map<string, number>();
  const history = await readHistory(store.dir);
  for (const { kid, at } of history) if (!born.has(kid)) born.set(kid, Date.parse(at));
  const keys = [...folder.values()].flatMap((document) =>
    loadedKeys(document).map((key): KeyStatus => {
      const birth = born.get(key.kid);
      const ageSeconds = birth === undefined ? undefined : Math.max(0, Math.round((now().getTime() - birth) / 1000));
      return { ...key, service: document.service, ageSeconds, ...gate.loadedBy(document.service, key) };
    }),
  );
  const next = await Promise.all(
    allRotations(store, folder).map(async (rotation): Promise<RotationStatus> => {
      try {
        // At rest no step is planned, since a plan makes a key.
        if (!rotation.isUnderWay(folder)) {
          return { rotation: rotation.name, state: 'rest', did: 'publish a new key', blockers: [] };
        }
        const { did, needs } = await rotation.plan(folder, gate);
        const blockers = unmet(needs, gate);
        return { rotation: rotation.name, state: blockers.length === 0 ? 'ready' : 'blocked', did, blockers };
      } catch (error) {
        if (!(error instanceof KeyCommandError)) throw error;
        return { rotation: rotation.name, state: 'stuck', did: undefined, blockers: [error.message] };
      }
    }),
  );
  const isAsked = (service: string) => gate.loadedBy(service, { kid: '', member: '' }).asked > 0;
  const undelivered = [
    ...[...folder.keys()].flatMap((service) => gate.undelivered(service)),
    ...[...everRemovedKeys(history, folder)].flatMap(([service, kids]) =>
      isAsked(service) ? gate.holders(service, kids) : [],
    ),
  ];
  return { keys, next, undelivered };
}
