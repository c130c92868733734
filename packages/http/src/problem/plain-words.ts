import type * as z from 'zod';

type RawIssue = z.core.$ZodRawIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'must be a string',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
};
const FORMATS: Readonly<Record<string, string>> = {
  email: 'must be an e-mail address',
  uuid: 'must be a UUID',
  url: 'must be a URL',
  datetime: 'must be an RFC 3339 date and time in UTC, such as 2026-01-31T12:00:00Z',
  date: 'must be a date, such as 2026-01-31',
  e164: 'must be a phone number with country code, such as +4930123456',
};

/** The message for a field that the schema does not have. */
export const unknownField = 'is not a known field';

/**
 * A zod error map. A message is the end of a sentence that starts with the field, and never repeats the value. A
 * message in the schema itself has priority.
 */
export function plainWords(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return TYPES[issue.expected] ?? 'has the wrong type';
    case 'invalid_value':
      return issue.input === undefined ? 'is required' : oneOf(issue.values);
    case 'too_small':
      return size('at least', 'more than', issue.origin, issue.minimum, issue.inclusive, issue.exact);
    case 'too_big':
      return size('at most', 'less than', issue.origin, issue.maximum, issue.inclusive, issue.exact);
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has the wrong format';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return unknownField;
    case 'invalid_union':
      return union(issue);
    case 'invalid_key':
      return 'is not an allowed name';
    default:
      return 'is not valid';
  }
}

function union(issue: Extract<RawIssue, { code: 'invalid_union' }>): string {
  if (issue.discriminator !== undefined && Array.isArray(issue.options)) return oneOf(issue.options);
  return issue.input === undefined ? 'is required' : 'has none of the accepted forms';
}

function oneOf(values: readonly unknown[]): string {
  return `must be ${values.length === 1 ? '' : 'one of '}${values.map(String).join(', ')}`;
}

function size(
  limit: string,
  strictLimit: string,
  origin: string,
  count: number | bigint,
  inclusive = true,
  exact = false,
): string {
  const amount = `${exact ? 'exactly' : inclusive ? limit : strictLimit} ${count}`;
  if (origin === 'string') return `must be ${amount} characters long`;
  if (origin === 'array' || origin === 'set') return `must have ${amount} items`;
  return `must be ${amount}`;
}
