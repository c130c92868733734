import { type Advance, advance, advanceToEnd } from '../../manage/advance.ts';
import { readHistory } from '../../manage/history.ts';
import { KeyCommandError } from '../../manage/key-command-error.ts';
import { everRemovedKeys, type RemovedKeys, removedKeys } from '../../manage/removed-keys.ts';
import { everywhereAccepted } from '../../manage/replicas.ts';
import { allRotations, edgeRotation, type Rotation, sessionRotation, signingRotation } from '../../manage/rotations.ts';
import { awaitConfirmation, unconfirmedLines } from '../confirmation.ts';
import type { Command, Context, Result } from '../context.ts';

/** `pnpm keys rotate signing`, `rotate sessions`, `rotate edge <caller> <callee>`, `rotate all` */
export const rotate: Command = async (words, context) => {
  const rotations = await chosen(words, context);
  const { args, store, askGate, by } = context;
  const options = { store, askGate, by, force: args.force };
  const advances: Advance[] = [];
  const before = await store.read();
  if (args.wait) {
    const notify = (done: Advance) => {
      advances.push(done);
      warnOfForce(done, context);
      for (const line of linesOf(done)) context.say(line);
    };
    const ended = await advanceToEnd(rotations, { ...options, notify });
    const isComplete = ended.every(({ outcome }) => outcome === 'step');
    const result: Result = {
      lines: [isComplete ? 'complete' : 'not complete'],
      json: { advances },
      exitCode: isComplete ? 0 : 1,
    };
    return confirmed(result, removedKeys(before, await store.read()), context);
  }
  for (const rotation of rotations) advances.push(await advance(rotation, options));
  return confirmed(resultOf(advances, context), removedKeys(before, await store.read()), context);
};

/**
 * `pnpm keys retire`: the last step of every rotation that is ready for it, and no other step. The report also names the
 * replicas that still hold keys that were removed earlier.
 */
export const retire: Command = async (_words, context) => {
  const { args, store, askGate, by } = context;
  const advances: Advance[] = [];
  const before = await store.read();
  for (const rotation of allRotations(store, before)) {
    advances.push(await advance(rotation, { store, askGate, by, force: args.force, onlyLast: true }));
  }
  const done = advances.filter(({ outcome }) => outcome !== 'idle');
  const after = await store.read();
  if (done.length > 0) return confirmed(resultOf(done, context), removedKeys(before, after), context);
  const idle: Result = { lines: ['nothing to retire: no old key is left in the documents'], json: { advances } };
  return confirmed(idle, await stillAsked(everRemovedKeys(await readHistory(store.dir), after), askGate), context);
};

/** Selects the services with known replicas: when nothing was changed, other services have nothing to confirm. */
async function stillAsked(removed: RemovedKeys, askGate: Context['askGate']): Promise<RemovedKeys> {
  const gate = await askGate();
  return new Map([...removed].filter(([service]) => gate.loadedBy(service, { kid: '', member: '' }).asked > 0));
}

/** Adds the replicas that have not confirmed a removal to a result: exit code 1 then, unless the step was forced. */
async function confirmed(result: Result, removed: RemovedKeys, context: Context): Promise<Result> {
  const left = await awaitConfirmation(removed, context);
  const json = { ...(result.json as object), unconfirmed: left };
  if (left.length === 0) return { ...result, json };
  const exitCode = context.args.force ? (result.exitCode ?? 0) : 1;
  return { lines: [...result.lines, ...unconfirmedLines(left, 'retire')], json, exitCode };
}

async function chosen(
  [what, caller, callee, more]: readonly string[],
  { store, warn, args: { alg } }: Context,
): Promise<readonly Rotation[]> {
  if (alg !== undefined && what !== 'signing') throw new KeyCommandError('--alg is for rotate signing', 64);
  if (what === 'signing' && caller === undefined) {
    if (alg !== undefined && !everywhereAccepted.includes(alg)) warn(outsideWarning(alg));
    return [signingRotation(store, alg)];
  }
  if (what === 'sessions' && caller === undefined) return [sessionRotation(store)];
  if (what === 'all' && caller === undefined) return allRotations(store, await store.read());
  if (what === 'edge' && caller !== undefined && callee !== undefined && more === undefined) {
    return [edgeRotation(store, { caller, callee })];
  }
  throw new KeyCommandError('rotate what? signing, sessions, edge <caller> <callee>, or all', 64);
}

/** Verifiers without a document here, such as those of other teams, cannot be asked. */
function outsideWarning(alg: string): string {
  return `verifiers without a document here are not asked: those of releases that do not accept ${alg} refuse its tokens (docs/tokens.md, Keys)`;
}

function resultOf(advances: readonly Advance[], context: Context): Result {
  for (const advance of advances) warnOfForce(advance, context);
  const isRefused = advances.some(({ outcome }) => outcome === 'refused' || outcome === 'stuck');
  return { lines: advances.flatMap(linesOf), json: { advances }, exitCode: isRefused ? 1 : 0 };
}

function warnOfForce({ outcome, rotation, blockers }: Advance, { warn }: Context): void {
  if (outcome !== 'step' || blockers.length === 0) return;
  warn(`!! FORCED ${rotation}: these were not ready, and may fail now`);
  for (const line of blockers) warn(`!!   ${line}`);
}

function linesOf({ rotation, outcome, did, next, blockers }: Advance): readonly string[] {
  const reasons = blockers.map((line) => `  ${line}`);
  if (outcome === 'stuck') return [`${rotation}: must be repaired first`, ...reasons];
  if (outcome === 'refused') return [`${rotation}: not yet, requests would be refused`, ...reasons, `  ${next}`];
  return [`${rotation}: ${did}`, `  next: ${next}`];
}
