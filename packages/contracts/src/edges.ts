import type { OperationSpec } from './operation.ts';
import { operations } from './operations.ts';
import type { ServiceName } from './services.ts';
import { services } from './services.ts';

type Map = typeof operations;

/** The operations of one callee that one caller is listed for. */
export type CallableBy<Caller extends ServiceName, Callee extends ServiceName> = {
  readonly [Id in Extract<keyof Map, `${Callee}:${string}`> as Caller extends Map[Id]['callers'][number]
    ? Id
    : never]: Map[Id];
};

/** Picks what a caller may call at a callee: what its client is made from. */
export function operationsBetween<Caller extends ServiceName, Callee extends ServiceName>(
  caller: Caller,
  callee: Callee,
): CallableBy<Caller, Callee> {
  const picked = Object.entries(operations).filter(([id, operation]) => owns(callee, id) && lists(operation, caller));
  return Object.fromEntries(picked) as CallableBy<Caller, Callee>;
}

/** An arrow from a caller to a callee: each has its own secret. */
export interface Edge {
  readonly caller: ServiceName;
  readonly callee: ServiceName;
}

/** Every arrow the operations draw, once. */
export function edges(): readonly Edge[] {
  return services.flatMap((caller) =>
    services
      .filter((callee) =>
        Object.entries(operations).some(([id, operation]) => owns(callee, id) && lists(operation, caller)),
      )
      .map((callee) => ({ caller, callee })),
  );
}

function owns(callee: ServiceName, id: string): boolean {
  return id.startsWith(`${callee}:`);
}

function lists(operation: OperationSpec, caller: ServiceName): boolean {
  return operation.callers.includes(caller);
}
