import type { OperationSpec } from '@auth/contracts';

/** The services there are and what they offer to each other. */
export interface CallMap {
  readonly services: readonly string[];
  /** By id. */
  readonly operations: Readonly<Record<string, OperationSpec>>;
}

/** The services that are nobody's caller: no arrow leads out of them. */
export function withoutOutgoingArrow({ services, operations }: CallMap): string[] {
  const callers = new Set<string>(Object.values(operations).flatMap((operation) => operation.callers));
  return services.filter((service) => !callers.has(service));
}

/** Whom an operation wants to be called for: `none`, or a user, with the scopes that the user's token must have. */
export function userOf({ user, userScopes = [] }: OperationSpec): string {
  return userScopes.length === 0 ? user : `${user}, with ${userScopes.join(' ')}`;
}
