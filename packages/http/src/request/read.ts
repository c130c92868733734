import type { Request } from 'express';
import type * as z from 'zod';
import { fieldErrors, invalidFields, jsonPointer } from '../problem/field-errors.ts';
import { plainWords, unknownField } from '../problem/plain-words.ts';
import { Problem } from '../problem/problem.ts';

const MAX_DEPTH = 32;

/**
 * Parses the JSON body of a request with a schema.
 * @throws Problem invalid_request without a body or for one that is nested too deep; invalid_fields with every wrong
 *   field.
 */
export function readBody<S extends z.ZodType>(req: Request, schema: S): z.output<S> {
  const body: unknown = req.body;
  if (body === undefined) {
    throw new Problem('invalid_request', { detail: 'Send a JSON body with "Content-Type: application/json".' });
  }
  const protoKeys = findProtoKeys(body).map(jsonPointer);
  const result = schema.safeParse(body, { error: plainWords });
  if (result.success && protoKeys.length === 0) return result.data;
  const errors = fieldErrors(result.error?.issues ?? []).filter(({ pointer }) => !protoKeys.includes(pointer));
  throw invalidFields([...errors, ...protoKeys.map((pointer) => ({ detail: unknownField, pointer }))]);
}

/** Parses the query parameters with a schema. @throws Problem invalid_fields, with pointers like `/limit`. */
export function readQuery<S extends z.ZodType>(req: Request, schema: S): z.output<S> {
  const query: Record<string, unknown> = req.query;
  const result = schema.safeParse(query, {
    error: (issue) => (Array.isArray(issue.input) ? 'must be given once' : plainWords(issue)),
  });
  if (result.success) return result.data;
  throw invalidFields(fieldErrors(result.error.issues));
}

/** Parses the path parameters with a schema. @throws Problem not_found, since nothing has a malformed id. */
export function readParams<S extends z.ZodType>(req: Request, schema: S): z.output<S> {
  const result = schema.safeParse(req.params);
  if (result.success) return result.data;
  throw new Problem('not_found', { reason: 'malformed path parameter' });
}

/**
 * Returns the paths of members named `__proto__` anywhere in parsed JSON. Copying such a member by assignment changes
 * the prototype of the target. A schema that strips unknown fields would drop it silently.
 * @throws Problem invalid_request when the JSON is nested deeper than 32 levels: recursion over it could overflow.
 */
function findProtoKeys(json: unknown): PropertyKey[][] {
  const found: PropertyKey[][] = [];
  const open: { value: unknown; path: PropertyKey[] }[] = [{ value: json, path: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= MAX_DEPTH) {
      throw new Problem('invalid_request', { detail: `The body is nested deeper than ${MAX_DEPTH} levels.` });
    }
    for (const [key, member] of Object.entries(value)) {
      if (key === '__proto__') found.push([...path, key]);
      if (typeof member === 'object') open.push({ value: member, path: [...path, key] });
    }
  }
  return found;
}
