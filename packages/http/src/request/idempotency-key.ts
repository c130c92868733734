import type { Request } from 'express';
import { Problem } from '../problem/problem.ts';
import { headerValues } from '../server/wire/header-values.ts';

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
