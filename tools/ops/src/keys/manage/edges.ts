import type { OperationSpec } from '@auth/contracts';
import { apps, gateway, issuerService, operations } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { generateEdgeKey, generateSecret } from '../generate.ts';
import type { Folder } from './folder.ts';
import { documentOf } from './folder.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { EdgeName, NextKid } from './kinds/edge-ends.ts';
import { withAccepts, withCalls } from './kinds/edge-ends.ts';
import { edgeRemoval } from './kinds/edge-keys.ts';
import { published } from './kinds/signing-keys.ts';

/** The operations of a callee that list a caller, by id. */
export function operationsOf({ caller, callee }: EdgeName): readonly string[] {
  const all: readonly [string, OperationSpec][] = Object.entries(operations);
  return all
    .filter(([id, { callers }]) => id.startsWith(`${callee}:`) && callers.some((name) => name === caller))
    .map(([id]) => id);
}

/** Documents that let a caller call a callee: none when they do already. The callee first. */
export function allowEdge(folder: Folder, edge: EdgeName, nextKid: NextKid): readonly KeyDocument[] {
  if (edge.caller === edge.callee) throw new KeyCommandError('a service does not call itself', 64);
  const caller = documentOf(folder, edge.caller);
  const callee = documentOf(folder, edge.callee);
  const there = callee.accepts[edge.caller];
  if (there !== undefined && caller.calls[edge.callee] !== undefined) return [];
  const keys = there ?? [generateEdgeKey(nextKid(edge), 'active')];
  return [
    // What only the caller holds was being forbidden: it does not come back.
    withCalls(caller, edge.callee, []),
    withAccepts(callee, edge.caller, keys),
    withCalls(caller, edge.callee, keys),
  ];
}

/**
 * The document of a new service, which calls nobody and accepts nobody; `undefined` when there is one.
 *
 * @throws KeyCommandError when the issuer has none, and for the gateway: `init` makes those
 */
export function addService(folder: Folder, service: string): KeyDocument | undefined {
  if (folder.has(service)) return undefined;
  if (service === gateway) documentOf(folder, gateway);
  const issuer = documentOf(folder, issuerService);
  const bare = { service, issuer: issuer.issuer, calls: {}, accepts: {}, auditKey: generateSecret() };
  return published(new Map([[service, bare]]), issuer)[0];
}

/** Documents without an edge: none when it is not there. The callee first, so that the door is shut with the first write. */
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
