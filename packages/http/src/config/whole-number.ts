import * as z from 'zod';

const DIGITS = /^(?:0|[1-9]\d{0,15})$/;

/**
 * A schema that reads a whole number from text, for settings and query parameters. Only plain decimal digits are valid.
 * `''`, `' 5'`, `'+5'`, `'1e3'`, `'0x10'` and `'007'` are refused, although `Number()` accepts them.
 */
export function wholeNumber(range: { min: number; max: number }): z.ZodType<number, string> {
  const { min, max } = range;
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(DIGITS, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error })
    .meta({ range: `${min} to ${max}` });
}
