import type { KeyDocument } from '@auth/keys/key-document';
import type { EdgeKey } from '@auth/verify';
import { generateEdgeKey } from '../generate.ts';
import type { EdgeName } from './edge-ends.ts';
import { readEnds, withAccepts, withCalls } from './edge-ends.ts';
import type { Revocation, Stage } from './revocation.ts';
import type { NextKid } from './rotate-edge.ts';
import type { Folder } from './step.ts';

/** Plans the end of an edge's key. @throws KeyCommandError when there is no such edge */
export function revokeEdgeKey(folder: Folder, edge: EdgeName, kid: string, nextKid: NextKid): Revocation {
  const calls = folder.get(edge.caller)?.calls[edge.callee];
  const accepts = folder.get(edge.callee)?.accepts[edge.caller];
  if (calls === undefined || accepts === undefined) return removal(folder, edge);
  const { caller, callee, keys } = readEnds(folder, edge);
  const rest = keys.filter((key) => key.kid !== kid);
  const known = rest.find(({ state }) => state === 'active') ?? rest.find(({ state }) => state === 'pending');
  const successor = known ?? generateEdgeKey(nextKid(edge), 'pending');
  const wanted = [...rest, ...(known === undefined ? [successor] : [])].map(
    (key): EdgeKey => (key.kid === successor.kid ? { ...key, state: 'active' } : key),
  );
  const revoked = keys.filter((key) => key.kid === kid).map((key): EdgeKey => ({ ...key, state: 'retiring' }));
  const { kid: next } = successor;
  return {
    stages: [
      publication(callee, edge, successor),
      {
        writes: [withAccepts(callee, edge.caller, [...revoked, ...wanted]), withCalls(caller, edge.callee, wanted)],
        mustLoad: [{ service: edge.caller, kid: next, member: `calls.${edge.callee}`, state: 'active' }],
      },
      { writes: [withAccepts(callee, edge.caller, wanted)], mustLoad: [] },
    ],
    successor: calls.some((key) => key.kid === next && key.state === 'active') ? undefined : next,
  };
}

/** The callee must know the successor before anybody signs with it. */
function publication(callee: KeyDocument, { caller, callee: service }: EdgeName, successor: EdgeKey): Stage {
  const accepts = callee.accepts[caller] ?? [];
  const isThere = accepts.some(({ kid }) => kid === successor.kid);
  return {
    writes: isThere ? [] : [withAccepts(callee, caller, [...accepts, successor])],
    mustLoad: [{ service, kid: successor.kid, member: `accepts.${caller}` }],
  };
}

/** An edge that only one document knows is none: a forbid or allow that was interrupted, or a document that was lost. */
function removal(folder: Folder, { caller, callee }: EdgeName): Revocation {
  const [from, to] = [folder.get(caller), folder.get(callee)];
  const writes = [
    ...(to === undefined ? [] : [withAccepts(to, caller, [])]),
    ...(from === undefined ? [] : [withCalls(from, callee, [])]),
  ];
  return { stages: [{ writes, mustLoad: [] }], successor: undefined };
}
