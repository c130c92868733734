import type { OperationSpec } from './operation.ts';
import { operations } from './operations.ts';
import { type ServiceName, services } from './services.ts';

type Map = typeof operations;

/** The operations of one callee that list the caller. */
export type CallableBy<Caller extends ServiceName, Callee extends ServiceName> = {
  readonly [Id in Extract<keyof Map, `${Callee}:${string}`> as Caller extends Map[Id]['callers'][number]
    ? Id
    : never]: Map[Id];
};

/** Picks the operations that a caller may call at a callee, for the client of the caller. */
export function operationsBetween<Caller extends ServiceName, Callee extends ServiceName>(
  caller: Caller,
  callee: Callee,
): CallableBy<Caller, Callee> {
  const picked = Object.entries(operations).filter(([id, operation]) => owns(callee, id) && lists(operation, caller));
  return Object.fromEntries(picked) as CallableBy<Caller, Callee>;
}

/** A pair of caller and callee, which share a secret. */
export interface Edge {
  readonly caller: ServiceName;
  readonly callee: ServiceName;
}

/** Lists each pair of caller and callee of the operations, once. */
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
