import type * as z from 'zod';
import { unknownField } from './plain-words.ts';
import { type FieldError, Problem } from './problem.ts';

/** The most errors in one answer: a body of 100 kB has room for 25 000 unknown fields. */
const MAX_ERRORS = 100;

/** Converts zod issues to errors: one per wrong field and one per unknown field. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ detail: issue.message, pointer: jsonPointer(path) }));
  });
}

/** Creates the 422 problem that lists every wrong field, up to 100. */
export function invalidFields(errors: readonly FieldError[]): Problem {
  const shown = errors.slice(0, MAX_ERRORS);
  const more = errors.length - shown.length;
  const count = errors.length === 1 ? '1 field is' : `${errors.length} fields are`;
  const detail = `${count} wrong: see errors${more > 0 ? ` (the first ${shown.length})` : ''}.`;
  // The client chooses the names of unknown fields, which may contain anything: only their number is logged.
  const known = shown.filter(({ detail: text }) => text !== unknownField).map(({ pointer }) => pointer);
  const unknown = shown.length - known.length;
  const reason = [...known, ...(unknown === 0 ? [] : [`${unknown} unknown`])].join(' ').slice(0, 200);
  return new Problem('invalid_fields', { detail, errors: shown, reason });
}

/** Formats a path as a JSON pointer (RFC 6901): `['items', 0, 'a/b']` is `/items/0/a~1b`. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
