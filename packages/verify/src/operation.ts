/** The policy of an operation: which services may call it, and whether for a user. Its guard enforces it. */
export interface OperationPolicy {
  /** `callee:resource.verb`, the `scope` of a service token: `product:quotes.create`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template: `/internal/users/:id/contact`. */
  readonly path: `/${string}`;
  /** The services that may call the operation; none when the list is empty. */
  readonly callers: readonly string[];
  /** `required`: a call carries a user's access token. `none`: it must not carry one. */
  readonly user: 'required' | 'none';
  /** Scopes that the user's token must have as well. */
  readonly userScopes?: readonly string[];
}

/** The callee of an operation: the part of its id before the colon. */
export function calleeOf(operation: Pick<OperationPolicy, 'id'>): string {
  return operation.id.slice(0, operation.id.indexOf(':'));
}
