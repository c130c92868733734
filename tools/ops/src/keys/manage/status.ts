import type { LoadedKey } from '@auth/keys/loaded-keys';
import { loadedKeys } from '@auth/keys/loaded-keys';
import type { Gate } from './gate.ts';
import { unmet } from './gate.ts';
import { readHistory } from './history.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { KeyStore } from './key-store.ts';
import { everRemovedKeys } from './removed-keys.ts';
import { allRotations } from './rotations.ts';

/** One key of one document. */
export interface KeyStatus extends LoadedKey {
  readonly service: string;
  /** Since it was made, in seconds; undefined where the history does not know. */
  readonly ageSeconds: number | undefined;
  /** Of the replicas of the service that were asked, how many have it in this state. */
  readonly loaded: number;
  readonly asked: number;
}

export interface RotationStatus {
  readonly rotation: string;
  /** `rest`: not begun. `ready`, `blocked`: under way, its next step is safe or not. `stuck`: must be put right first. */
  readonly state: 'rest' | 'ready' | 'blocked' | 'stuck';
  /** What its next step would do, in the words that it would say afterwards. */
  readonly did: string | undefined;
  readonly blockers: readonly string[];
}

export interface FolderStatus {
  readonly keys: readonly KeyStatus[];
  /** Of each rotation, what comes next, and who is not ready for it. */
  readonly next: readonly RotationStatus[];
  /** The replicas that a changed document does not reach, or that still hold a removed key, each with the reason. */
  readonly undelivered?: readonly string[];
}

/** Tells of every key where it is, in which state, how old, who has loaded it, and what is safe to do next. */
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
        // At rest nothing is planned: it would make a key to show it.
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
