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

/** Returns the operations of one callee that list the caller: the map for its service client. */
export function operationsBetween<Caller extends ServiceName, Callee extends ServiceName>(
  caller: Caller,
  callee: Callee,
): CallableBy<Caller, Callee> {
  const picked = Object.entries(operations).filter(([id, operation]) => owns(callee, id) && lists(operation, caller));
  return Object.fromEntries(picked) as CallableBy<Caller, Callee>;
}

/** A caller and a callee with at least one operation between them. Each edge has its own secret. */
export interface Edge {
  readonly caller: ServiceName;
  readonly callee: ServiceName;
}

/** Returns every edge of the operations once. */
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
