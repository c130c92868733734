/** What the guard of an operation needs to know: who may call it, and on behalf of whom. */
export interface OperationPolicy {
  /** `callee:resource.verb`, the `scope` of a service token: `product:quotes.create`. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template: `/internal/users/:id/contact`. */
  readonly path: `/${string}`;
  /** The services that may call it; an empty list shuts the door. */
  readonly callers: readonly string[];
  /** `required`: a user's access token travels along. `none`: it must not. */
  readonly user: 'required' | 'none';
  /** Scopes the user's token must have as well. */
  readonly userScopes?: readonly string[];
}

/** The callee of an operation: the part of its id before the colon. */
export function calleeOf(operation: Pick<OperationPolicy, 'id'>): string {
  return operation.id.slice(0, operation.id.indexOf(':'));
}
