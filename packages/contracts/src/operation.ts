import type * as z from 'zod';
import type { ServiceName } from './services.ts';

/** An operation that a service offers to other services. */
export interface OperationSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template below `/internal`; `:name` is one path segment. */
  readonly path: `/internal/${string}`;
  /** The services that may call the operation; none for an empty list. */
  readonly callers: readonly ServiceName[];
  /** `required`: the call must carry a user's access token. `none`: it must not. */
  readonly user: 'required' | 'none';
  readonly userScopes?: readonly string[];
  readonly request: { readonly params?: z.ZodType; readonly query?: z.ZodType; readonly body?: z.ZodType };
  readonly response: z.ZodType;
}

export type OperationId = `${ServiceName}:${string}`;

/** A map of operations, each with its key as `id`. */
export type Operations<Specs> = { readonly [Id in keyof Specs]: Specs[Id] & { readonly id: Id } };

/** Completes a map of operations: the key of each becomes its `id`. */
export function defineOperations<const Specs extends Readonly<Record<OperationId, OperationSpec>>>(
  specs: Specs,
): Operations<Specs>;
export function defineOperations(specs: Readonly<Record<string, OperationSpec>>): Record<string, object> {
  return Object.fromEntries(Object.entries(specs).map(([id, spec]) => [id, { ...spec, id }]));
}
