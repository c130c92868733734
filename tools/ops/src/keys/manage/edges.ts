import { apps, gateway, issuerService, type OperationSpec, operations } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { generateEdgeKey, generateSecret } from '../generate.ts';
import { documentOf, type Folder } from './folder.ts';
import { KeyCommandError } from './key-command-error.ts';
import { type EdgeName, type NextKid, withAccepts, withCalls } from './kinds/edge-ends.ts';
import { edgeRemoval } from './kinds/edge-keys.ts';
import { published } from './kinds/signing-keys.ts';

/** Lists the operations of a callee that a caller may call, by id. */
export function operationsOf({ caller, callee }: EdgeName): readonly string[] {
  const all: readonly [string, OperationSpec][] = Object.entries(operations);
  return all
    .filter(([id, { callers }]) => id.startsWith(`${callee}:`) && callers.some((name) => name === caller))
    .map(([id]) => id);
}

/** Returns the documents to write so that a caller has a key for a callee: none when it has one. The callee first. */
export function allowEdge(folder: Folder, edge: EdgeName, nextKid: NextKid): readonly KeyDocument[] {
  if (edge.caller === edge.callee) throw new KeyCommandError('a service does not call itself', 64);
  const caller = documentOf(folder, edge.caller);
  const callee = documentOf(folder, edge.callee);
  const there = callee.accepts[edge.caller];
  if (there !== undefined && caller.calls[edge.callee] !== undefined) return [];
  const keys = there ?? [generateEdgeKey(nextKid(edge), 'active')];
  return [
    // Keys that only the caller holds are the rest of an interrupted forbid: they are removed.
    withCalls(caller, edge.callee, []),
    withAccepts(callee, edge.caller, keys),
    withCalls(caller, edge.callee, keys),
  ];
}

/**
 * Returns the document of a new service, which has no edges; `undefined` when there is one.
 *
 * @throws KeyCommandError without a document of the issuer, and for the gateway: `init` makes those
 */
export function addService(folder: Folder, service: string): KeyDocument | undefined {
  if (folder.has(service)) return undefined;
  if (service === gateway) documentOf(folder, gateway);
  const issuer = documentOf(folder, issuerService);
  const bare = { service, issuer: issuer.issuer, calls: {}, accepts: {}, auditKey: generateSecret() };
  return published(new Map([[service, bare]]), issuer)[0];
}

/** Returns the documents to write so that an edge has no keys: none when it has none. The callee first: it refuses at once. */
export function forbidEdge(folder: Folder, edge: EdgeName): readonly KeyDocument[] {
  const caller = documentOf(folder, edge.caller);
  const callee = documentOf(folder, edge.callee);
  if (callee.accepts[edge.caller] === undefined && caller.calls[edge.callee] === undefined) return [];
  return edgeRemoval(folder, edge);
}

/** Whether the contracts know a service. */
export function isKnownService(name: string): boolean {
  return apps.some((app) => app === name);
}
