import type { EdgeKey } from '@auth/verify';
import { maxServiceTokenSeconds, skewSeconds } from '@auth/verify/times';
import { generateEdgeKey } from '../generate.ts';
import type { EdgeEnds, EdgeName, SharedKey } from './edge-ends.ts';
import { readEnds, withAccepts, withCalls } from './edge-ends.ts';
import type { Gate } from './gate.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { Folder, Step } from './step.ts';

/** How long after its signing a service token may be accepted. */
const serviceTokenSeconds = maxServiceTokenSeconds + skewSeconds;

/** Makes the id of the next key of an edge; ids are never used again. */
export type NextKid = (edge: EdgeName) => string;

/**
 * The next step of an edge's rotation: publish a new key at both ends, sign with it, remove the old one. A step that was
 * interrupted between its two documents is completed first.
 *
 * @throws KeyCommandError when there is no such edge
 */
export function planEdgeRotation(
  folder: Folder,
  edge: EdgeName,
  { gate, nextKid }: { gate: Gate; nextKid: NextKid },
): Step {
  const ends = readEnds(folder, edge);
  assertSound(ends, edge);
  return (
    completion(ends, edge) ??
    removal(ends, edge, gate) ??
    switchOver(ends, edge, gate) ??
    publication(ends, edge, nextKid)
  );
}

/** Whether a rotation is under way, or was interrupted. */
export function isEdgeRotating({ keys }: EdgeEnds): boolean {
  return keys.some(({ state, atCaller, atCallee }) => state !== 'active' || atCaller !== atCallee);
}

function completion(ends: EdgeEnds, edge: EdgeName): Step | undefined {
  const next = 'run it again for the next step';
  const halfRemoved = ends.keys.filter((key) => key.state === 'retiring' && isAtOneEnd(key));
  if (halfRemoved.length > 0) {
    const kept = ends.keys.filter((key) => !halfRemoved.includes(key));
    const did = `completed the removal of ${kidsOf(halfRemoved)}, which was interrupted`;
    return { did, writes: removed(ends, edge, kept), blockers: [], next, last: true };
  }
  const half = ends.keys.filter((key) => key.atCaller !== key.atCallee);
  if (half.length === 0) return undefined;
  const did = `completed the change of ${kidsOf(half)}, which was interrupted`;
  return { did, writes: spread(ends, edge, ends.keys), blockers: [], next, last: false };
}

function removal(ends: EdgeEnds, edge: EdgeName, gate: Gate): Step | undefined {
  const old = ends.keys.filter(({ state }) => state === 'retiring');
  const active = ends.keys.find(({ state }) => state === 'active');
  if (old.length === 0 || active === undefined) return undefined;
  const { kid } = active;
  return {
    did: `removed ${kidsOf(old)} at both ends`,
    writes: removed(
      ends,
      edge,
      ends.keys.filter((key) => !old.includes(key)),
    ),
    // Whoever still signs with the old key, or has signed with it a moment ago.
    blockers: gate.blockers(edge.caller, {
      kid,
      member: `calls.${edge.callee}`,
      state: 'active',
      forSeconds: serviceTokenSeconds,
    }),
    next: 'the rotation is complete',
    last: true,
  };
}

function switchOver(ends: EdgeEnds, edge: EdgeName, gate: Gate): Step | undefined {
  const fresh = ends.keys.find(({ state }) => state === 'pending');
  if (fresh === undefined) return undefined;
  const keys = ends.keys.map((key): EdgeKey => ({ ...key, state: key.kid === fresh.kid ? 'active' : 'retiring' }));
  return {
    did: `${edge.caller} signs with ${fresh.kid} from now on`,
    writes: spread(ends, edge, keys),
    blockers: gate.blockers(edge.callee, { kid: fresh.kid, member: `accepts.${edge.caller}` }),
    next: `${serviceTokenSeconds} s after every ${edge.caller} has it, run it again to remove the old key`,
    last: false,
  };
}

/** A key that nobody signs with yet breaks nobody. */
function publication(ends: EdgeEnds, edge: EdgeName, nextKid: NextKid): Step {
  const fresh = generateEdgeKey(nextKid(edge), 'pending');
  return {
    did: `published ${fresh.kid} at both ends`,
    writes: spread(ends, edge, [...ends.keys, fresh]),
    blockers: [],
    next: `when every ${edge.callee} has loaded it, run it again to sign with it`,
    last: false,
  };
}

/** The callee first: it must know a key before it meets it. */
function spread({ caller, callee }: EdgeEnds, edge: EdgeName, keys: readonly EdgeKey[]) {
  return [withAccepts(callee, edge.caller, keys), withCalls(caller, edge.callee, keys)];
}

/** The caller first: it must stop signing with a key before the callee forgets it. */
function removed(ends: EdgeEnds, edge: EdgeName, keys: readonly EdgeKey[]) {
  return spread(ends, edge, keys).reverse();
}

function assertSound({ keys }: EdgeEnds, { caller, callee }: EdgeName): void {
  const active = keys.filter(({ state }) => state === 'active');
  const lone = active.find(isAtOneEnd);
  const other = keys.find(({ differs }) => differs);
  const problem =
    (other && `holds another key as ${other.kid} at each end: pnpm keys revoke ${other.kid}`) ??
    (lone && `has ${lone.kid} at one end only: run the allow or forbid that was interrupted again`) ??
    (active.length === 1 ? undefined : `has ${active.length} active keys: see pnpm keys check`);
  if (problem !== undefined) throw new KeyCommandError(`the edge from ${caller} to ${callee} ${problem}`);
}

function isAtOneEnd({ atCaller, atCallee }: SharedKey): boolean {
  return (atCaller === undefined) !== (atCallee === undefined);
}

function kidsOf(keys: readonly { readonly kid: string }[]): string {
  return keys.map(({ kid }) => kid).join(', ');
}
