import type { Request } from 'express';
import * as z from 'zod';
import { Problem } from '../problem/problem.ts';
import type { HeaderInput } from '../route/route.ts';
import { headerValues } from './header-values.ts';

/**
 * Reads the `Idempotency-Key` of a request: 1 to 255 visible ASCII characters, unchanged; `undefined` without one.
 * @throws Problem invalid_request for a key that is repeated or malformed.
 */
export function readIdempotencyKey(req: Request): string | undefined {
  const [key, second] = headerValues(req, 'idempotency-key');
  if (key === undefined) return undefined;
  if (second !== undefined || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem('invalid_request', { detail: 'Send one Idempotency-Key of 1 to 255 visible ASCII characters.' });
  }
  return key;
}

/** The optional `Idempotency-Key` of a request. */
export const idempotencyKey: HeaderInput<string | undefined> = {
  schema: z.object({
    'Idempotency-Key': z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/)
      .optional()
      .meta({ description: 'The same request under the same key is placed once; the answer is kept for 24 hours.' }),
  }),
  read: readIdempotencyKey,
};
