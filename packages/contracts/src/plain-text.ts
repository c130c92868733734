import * as z from 'zod';

/** A schema for text that a person typed: trimmed, not empty, at most `max` characters, no control characters, well-formed Unicode. */
export function plainText(max: number): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must not hold control characters');
}
