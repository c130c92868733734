import type { KeyDocument } from '@auth/keys/key-document';
import type { EdgeKey } from '@auth/verify';
import { maxServiceTokenSeconds, skewSeconds } from '@auth/verify/times';
import { documentOf, type Folder } from '../folder.ts';
import type { HeldKeys, KeyKind } from '../key-kind.ts';
import { type EdgeEnds, type EdgeName, readEnds, type SharedKey, withAccepts, withCalls } from './edge-ends.ts';

/** The longest time in seconds between the signing of a service token and its acceptance. */
const serviceTokenSeconds = maxServiceTokenSeconds + skewSeconds;

/** The keys of one edge, which sign and verify its service tokens. Both ends hold them. */
export function edgeKeys(edge: EdgeName, make: () => Promise<EdgeKey>): KeyKind<EdgeKey> {
  const { caller, callee } = edge;
  return {
    name: `edge ${caller} ${callee}`,
    use: `${caller} signs`,
    place: 'at both ends',
    next: {
      published: `when every ${callee} has loaded it, run it again to sign with it`,
      switched: `${serviceTokenSeconds} s after every ${caller} has it, run it again to remove the old key`,
    },
    make,
    read: (folder) => heldKeys(readEnds(folder, edge), edge),
    documents(folder, keys, order) {
      const verifierFirst = [
        withAccepts(documentOf(folder, callee), caller, keys),
        withCalls(documentOf(folder, caller), callee, keys),
      ];
      return order === 'adding' ? verifierFirst : verifierFirst.reverse();
    },
    beforeUse: (kid) => [{ service: callee, kid, member: `accepts.${caller}` }],
    // Replicas of the caller that still sign with the old key, or whose last token of it is still accepted.
    beforeRemoval: (kid) => [
      { service: caller, kid, member: `calls.${callee}`, state: 'active', forSeconds: serviceTokenSeconds },
    ],
  };
}

/** Whether both documents are there and hold keys of the edge: else a forbid or an allow was interrupted, or one was lost. */
export function hasBothEnds(folder: Folder, { caller, callee }: EdgeName): boolean {
  return folder.get(caller)?.calls[callee] !== undefined && folder.get(callee)?.accepts[caller] !== undefined;
}

/** The removal of every key of an edge, from the documents that are there. The callee first: it refuses calls from then on. */
export function edgeRemoval(folder: Folder, { caller, callee }: EdgeName): readonly KeyDocument[] {
  const [from, to] = [folder.get(caller), folder.get(callee)];
  return [
    ...(to === undefined ? [] : [withAccepts(to, caller, [])]),
    ...(from === undefined ? [] : [withCalls(from, callee, [])]),
  ];
}

function heldKeys({ keys }: EdgeEnds, edge: EdgeName): HeldKeys<EdgeKey> {
  const halfRemoved = keys.filter((key) => key.state === 'retiring' && isAtOneEnd(key));
  return {
    keys: keys.filter((key) => !halfRemoved.includes(key)),
    halfRemoved: halfRemoved.map(({ kid }) => kid),
    problem: problemOf(keys, edge),
  };
}

function problemOf(keys: readonly SharedKey[], { caller, callee }: EdgeName): string | undefined {
  const active = keys.filter(({ state }) => state === 'active');
  const lone = active.find(isAtOneEnd);
  const other = keys.find(({ differs }) => differs);
  const problem =
    (other && `holds another key as ${other.kid} at each end: pnpm keys revoke ${other.kid}`) ??
    (lone && `has ${lone.kid} at one end only: run the allow or forbid that was interrupted again`) ??
    (active.length === 1 ? undefined : `has ${active.length} active keys: see pnpm keys check`);
  return problem === undefined ? undefined : `the edge from ${caller} to ${callee} ${problem}`;
}

function isAtOneEnd({ atCaller, atCallee }: SharedKey): boolean {
  return (atCaller === undefined) !== (atCallee === undefined);
}
