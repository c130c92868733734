import type { OperationSpec } from '@auth/contracts';
import { operations, services } from '@auth/contracts';
import { generateEdgeKey } from '../generate.ts';
import type { KeyDocument } from '../key-document.ts';
import type { EdgeName } from './edge-ends.ts';
import { withAccepts, withCalls } from './edge-ends.ts';
import { KeyCommandError } from './key-command-error.ts';
import type { NextKid } from './rotate-edge.ts';
import type { Folder } from './step.ts';
import { documentOf } from './step.ts';

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
  const keys = there ?? caller.calls[edge.callee] ?? [generateEdgeKey(nextKid(edge), 'active')];
  if (there !== undefined && caller.calls[edge.callee] !== undefined) return [];
  return [withAccepts(callee, edge.caller, keys), withCalls(caller, edge.callee, keys)];
}

/** Documents without an edge: none when it is not there. The callee first, so that the door is shut with the first write. */
export function forbidEdge(folder: Folder, edge: EdgeName): readonly KeyDocument[] {
  const caller = documentOf(folder, edge.caller);
  const callee = documentOf(folder, edge.callee);
  if (callee.accepts[edge.caller] === undefined && caller.calls[edge.callee] === undefined) return [];
  return [withAccepts(callee, edge.caller, []), withCalls(caller, edge.callee, [])];
}

/** Whether the contracts know a service. */
export function isKnownService(name: string): boolean {
  return services.some((service) => service === name);
}
