import { setTimeout as delay } from 'node:timers/promises';
import { isUnasked } from '../manage/gate.ts';
import { type RemovedKeys, unconfirmed } from '../manage/removed-keys.ts';
import type { Context } from './context.ts';

/** The longest wait in ms: services look at their documents four times a second. */
const confirmationMs = 2000;

/**
 * Waits until every replica has confirmed that removed keys are out of force, for two seconds at most. Returns a line for
 * each replica that does not answer, still holds a key, or was not asked.
 */
export async function awaitConfirmation(removed: RemovedKeys, { askGate }: Context): Promise<readonly string[]> {
  if (removed.size === 0) return [];
  const giveUpAt = performance.now() + confirmationMs;
  for (;;) {
    const left = unconfirmed(removed, await askGate());
    if (left.every(isUnasked) || performance.now() > giveUpAt) return left;
    await delay(100);
  }
}

/** Formats the report for an operator about replicas that have not confirmed a removal. */
export function unconfirmedLines(left: readonly string[], command: string): readonly string[] {
  if (left.length === 0) return [];
  const count = left.length === 1 ? '1 has' : `${left.length} have`;
  return [
    `!! NOT CONFIRMED: removed from the documents, but ${count} not confirmed it: an old key may still be in force there`,
    ...left.map((line) => `!!   ${line}`),
    `  next: see to these, then run it again to confirm: pnpm keys ${command}`,
  ];
}
