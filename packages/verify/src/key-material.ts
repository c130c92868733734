import type * as z from 'zod';

/** The error for key material that breaks the policy. Names the member and the rule, never the value. */
export class KeyMaterialError extends Error {
  override readonly name = 'KeyMaterialError';
  /** The path of the member from the parsed value: `keys[0].alg`. */
  readonly member: string;

  constructor(member: string, rule: string) {
    super(`${member} ${rule}`);
    this.member = member;
  }
}

/** Parses with a schema. The first problem becomes a KeyMaterialError that names the member below `at`. */
export function parseMember<S extends z.ZodType>(schema: S, input: unknown, at: string): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  // A failed parse has at least one issue.
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  if (issue.code === 'unrecognized_keys') {
    const [member] = issue.keys;
    throw new KeyMaterialError(memberPath(at, [...issue.path, String(member)]), 'is not a known member');
  }
  const rule = issue.code === 'invalid_type' ? `must be ${withArticle(issue.expected)}` : issue.message;
  throw new KeyMaterialError(memberPath(at, issue.path), rule);
}

function memberPath(at: string, path: readonly PropertyKey[]): string {
  const joined = path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    at,
  );
  return joined === '' ? 'the document' : joined;
}

function withArticle(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
