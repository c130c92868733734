import type * as z from 'zod';
import { jsonPointer } from './json-pointer.ts';
import { unknownField } from './plain-words.ts';
import type { FieldError } from './problem.ts';
import { Problem } from './problem.ts';

/** Bounds the answer: a body of 100 kB has room for 25 000 unknown fields. */
const MAX_ERRORS = 100;

/** One entry per wrong field; every unknown field has its own. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ detail: issue.message, pointer: jsonPointer(path) }));
  });
}

/** The 422 that lists every wrong field, up to 100. */
export function invalidFields(errors: readonly FieldError[]): Problem {
  const shown = errors.slice(0, MAX_ERRORS);
  const more = errors.length - shown.length;
  const count = errors.length === 1 ? '1 field is' : `${errors.length} fields are`;
  const detail = `${count} wrong: see errors${more > 0 ? ` (the first ${shown.length})` : ''}.`;
  // The names of unknown fields are the caller's own words: they may hold anything, so the log has only their number.
  const known = shown.filter(({ detail: text }) => text !== unknownField).map(({ pointer }) => pointer);
  const unknown = shown.length - known.length;
  const reason = [...known, ...(unknown === 0 ? [] : [`${unknown} unknown`])].join(' ').slice(0, 200);
  return new Problem('invalid_fields', { detail, errors: shown, reason });
}
