import * as z from 'zod';
import { Problem } from '../problem/problem.ts';
import type { HeaderInput } from '../route/route.ts';
import { headerValues } from './header-values.ts';

const shape = /^[\x21-\x7e]{1,255}$/;

/**
 * The optional `Idempotency-Key` of a request: 1 to 255 visible ASCII characters, unchanged. A key that is repeated or
 * malformed is 400 `invalid_request`.
 */
export const idempotencyKey: HeaderInput<string | undefined> = {
  schema: z.object({
    'Idempotency-Key': z
      .string()
      .regex(shape)
      .optional()
      .meta({ description: 'The same request under the same key is placed once; the answer is kept for 24 hours.' }),
  }),
  read(req) {
    const [key, second] = headerValues(req, 'idempotency-key');
    if (key === undefined) return undefined;
    if (second !== undefined || !shape.test(key)) {
      throw new Problem('invalid_request', {
        detail: 'Send one Idempotency-Key of 1 to 255 visible ASCII characters.',
      });
    }
    return key;
  },
};
