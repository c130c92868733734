import { Problem } from '../problem/problem.ts';

const MAX_DEPTH = 32;

/**
 * Returns the paths of members named `__proto__` anywhere in parsed JSON. Copying such a member by assignment changes
 * the prototype of the target. A schema that strips unknown fields would drop it silently.
 * @throws Problem invalid_request when the JSON is nested deeper than 32 levels: recursion over it could overflow.
 */
export function findProtoKeys(json: unknown): PropertyKey[][] {
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
