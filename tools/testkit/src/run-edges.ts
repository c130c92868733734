import type { ServiceName } from '@auth/contracts';
import { services } from '@auth/contracts';
import type { InboundKeys, OutboundKeys } from '@auth/verify';
import { createTestEdge } from '@auth/verify/testing';

/** The edges into an app under test, from every other service, whether it is listed for an operation or not. */
export interface RunEdges<Callee extends string> {
  /** By name, what each of the others signs with. */
  readonly calls: Readonly<Record<Exclude<ServiceName, Callee>, OutboundKeys>>;
  /** What the app accepts. */
  readonly accepts: InboundKeys;
}

/** Makes them: who is not listed is then refused for just that, and not for a key nobody knows. */
export function createRunEdges<Callee extends string>(callee: Callee): RunEdges<Callee> {
  const edges = services
    .filter((caller) => caller !== callee)
    .map((caller) => ({ caller, ...createTestEdge(caller, callee) }));
  return {
    calls: Object.fromEntries(edges.map(({ caller, calls }) => [caller, calls])) as RunEdges<Callee>['calls'],
    accepts: new Map(edges.flatMap(({ accepts }) => [...accepts])),
  };
}
