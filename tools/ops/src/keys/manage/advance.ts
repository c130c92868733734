import { setTimeout as delay } from 'node:timers/promises';
import { withFolder } from './folder-lock.ts';
import { type Gate, isUnasked, unmet } from './gate.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { KeyStore } from './key-store.ts';
import type { Rotation } from './rotations.ts';

/** The outcome for one rotation. */
export interface Advance {
  readonly rotation: string;
  /**
   * `step`: took its next step. `refused`: a replica is not ready. `idle`: there was nothing to do. `stuck`: the documents
   * must be repaired first.
   */
  readonly outcome: 'step' | 'refused' | 'idle' | 'stuck';
  readonly did: string | undefined;
  readonly next: string | undefined;
  /** The replicas that are not ready, with the reasons: also for a step that was forced. */
  readonly blockers: readonly string[];
}

export interface AdvanceOptions {
  readonly store: KeyStore;
  /** Asks the running services which keys they have loaded. */
  readonly askGate: () => Promise<Gate>;
  /** The command line, for the history. */
  readonly by: string;
  /** Whether the step is taken though a replica is not ready. */
  readonly force: boolean;
  /** Whether only last steps are taken: no rotation begins, and none switches. */
  readonly onlyLast?: boolean;
}

/** Takes the next step of a rotation, if every replica is ready for it. */
export function advance(rotation: Rotation, options: AdvanceOptions): Promise<Advance> {
  return withFolder(options.store.dir, () => take(rotation, options));
}

async function take(rotation: Rotation, options: AdvanceOptions): Promise<Advance> {
  const { store, askGate, by, force, onlyLast = false } = options;
  const folder = await store.read();
  const idle = { rotation: rotation.name, outcome: 'idle', did: undefined, next: undefined, blockers: [] } as const;
  try {
    if (onlyLast && !rotation.isUnderWay(folder)) return idle;
    const gate = await askGate();
    const { did, waiting = did, writes, needs, next, last } = await rotation.plan(folder, gate);
    if (onlyLast && !last) return idle;
    const blockers = unmet(needs, gate);
    if (blockers.length > 0 && !force) {
      return { ...idle, outcome: 'refused', next: `when all are ready: ${waiting}`, blockers };
    }
    await store.write(writes, by);
    return { rotation: rotation.name, outcome: 'step', did, next, blockers };
  } catch (error) {
    if (!(error instanceof KeyCommandError)) throw error;
    return { ...idle, outcome: 'stuck', blockers: [error.message] };
  }
}

/**
 * Takes every step of rotations to their end. Rotations wait side by side for replicas that are not ready; a rotation is
 * given up when waiting does not help. Returns the last outcome of each.
 */
export async function advanceToEnd(
  rotations: readonly Rotation[],
  options: AdvanceOptions & { readonly pollMs?: number; readonly notify: (advance: Advance) => void },
): Promise<readonly Advance[]> {
  const { notify, pollMs = 500, ...each } = options;
  const latest = new Map<Rotation, Advance>();
  let left = [...rotations];
  while (left.length > 0) {
    for (const rotation of left) {
      const result = await advance(rotation, each);
      // A wait is reported when it begins, not at each look.
      if (!isSame(latest.get(rotation), result)) notify(result);
      latest.set(rotation, result);
      if (await isOver(rotation, result, each.store)) left = left.filter((other) => other !== rotation);
    }
    if (left.length > 0) await delay(pollMs);
  }
  return [...latest.values()];
}

function isSame(before: Advance | undefined, { outcome, did, next }: Advance): boolean {
  return before?.outcome === outcome && before.did === did && before.next === next;
}

async function isOver(rotation: Rotation, { outcome, blockers }: Advance, store: KeyStore): Promise<boolean> {
  if (outcome === 'refused') return blockers.some(isUnasked);
  return outcome === 'stuck' || !rotation.isUnderWay(await store.read());
}
