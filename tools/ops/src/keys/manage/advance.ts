import { setTimeout as delay } from 'node:timers/promises';
import { withFolder } from './folder-lock.ts';
import type { Gate } from './gate.ts';
import { isUnasked, unmet } from './gate.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { KeyStore } from './key-store.ts';
import type { Rotation } from './rotations.ts';

/** What became of a rotation. */
export interface Advance {
  readonly rotation: string;
  /**
   * `step`: took its next step. `refused`: somebody is not ready. `idle`: there was nothing to do. `stuck`: the documents
   * must be put right first.
   */
  readonly outcome: 'step' | 'refused' | 'idle' | 'stuck';
  readonly did: string | undefined;
  readonly next: string | undefined;
  /** Who is not ready, and why: also for a step that was forced. */
  readonly blockers: readonly string[];
}

export interface AdvanceOptions {
  readonly store: KeyStore;
  /** Asks the running services what they have loaded. */
  readonly askGate: () => Promise<Gate>;
  /** The command, for the history. */
  readonly by: string;
  /** Take the step though somebody is not ready. */
  readonly force: boolean;
  /** Only end what is under way: begin nothing, switch nothing. */
  readonly onlyLast?: boolean;
}

/** Takes the next step of a rotation, if nobody breaks. */
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
    const { did, writes, needs, next, last } = await rotation.plan(folder, gate);
    if (onlyLast && !last) return idle;
    const blockers = unmet(needs, gate);
    if (blockers.length > 0 && !force) {
      return { ...idle, outcome: 'refused', next: `when they are ready: ${did}`, blockers };
    }
    await store.write(writes, by);
    return { rotation: rotation.name, outcome: 'step', did, next, blockers };
  } catch (error) {
    if (!(error instanceof KeyCommandError)) throw error;
    return { ...idle, outcome: 'stuck', blockers: [error.message] };
  }
}

/**
 * Takes every step of rotations to their end, waiting for whoever is not ready; they wait side by side. Those that no
 * waiting helps are given up. Returns what became of each.
 */
export async function advanceToEnd(
  rotations: readonly Rotation[],
  options: AdvanceOptions & { readonly pollMs?: number; readonly tell: (advance: Advance) => void },
): Promise<readonly Advance[]> {
  const { tell, pollMs = 500, ...each } = options;
  const latest = new Map<Rotation, Advance>();
  let left = [...rotations];
  while (left.length > 0) {
    for (const rotation of left) {
      const result = await advance(rotation, each);
      // Waiting is told of when it begins, not at each look.
      if (!isSame(latest.get(rotation), result)) tell(result);
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
