import { type ServiceName, services } from '@auth/contracts';
import type { InboundKeys, OutboundKeys } from '@auth/verify';
import { createTestEdge } from '@auth/verify/testing';

/** The edges from every other service to an app under test, also from services that no operation lists. */
export interface RunEdges<Callee extends string> {
  /** The keys of the other services, by name. */
  readonly calls: Readonly<Record<Exclude<ServiceName, Callee>, OutboundKeys>>;
  /** The keys that the app accepts. */
  readonly accepts: InboundKeys;
}

/** Creates the edges. A service that is not listed is then refused for that reason, and not for an unknown key. */
export function createRunEdges<Callee extends string>(callee: Callee): RunEdges<Callee> {
  const edges = services
    .filter((caller) => caller !== callee)
    .map((caller) => ({ caller, ...createTestEdge(caller, callee) }));
  return {
    calls: Object.fromEntries(edges.map(({ caller, calls }) => [caller, calls])) as RunEdges<Callee>['calls'],
    accepts: new Map(edges.flatMap(({ accepts }) => [...accepts])),
  };
}
