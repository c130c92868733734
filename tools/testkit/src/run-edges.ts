import type { ServiceName } from '@auth/contracts';
import { services } from '@auth/contracts';
import type { InboundKeys, OutboundKeys } from '@auth/verify';
import { createTestEdge } from '@auth/verify/testing';

/** The edges into an app under test, from every other service, whether it is listed for an operation or not. */
export interface RunEdges<Callee extends string> {
  /** The signing keys of each other service, by name. */
  readonly calls: Readonly<Record<Exclude<ServiceName, Callee>, OutboundKeys>>;
  /** The keys that the app accepts. */
  readonly accepts: InboundKeys;
}

/** Creates the edges: a service that is not listed is then refused for that, and not for an unknown key. */
export function createRunEdges<Callee extends string>(callee: Callee): RunEdges<Callee> {
  const edges = services
    .filter((caller) => caller !== callee)
    .map((caller) => ({ caller, ...createTestEdge(caller, callee) }));
  return {
    calls: Object.fromEntries(edges.map(({ caller, calls }) => [caller, calls])) as RunEdges<Callee>['calls'],
    accepts: new Map(edges.flatMap(({ accepts }) => [...accepts])),
  };
}
