import type { IncomingMessage } from 'node:http';
import { AuthError } from '../auth-error.ts';

const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * The Bearer token of a request (RFC 6750 §2.1), from the header alone; `undefined` without one or with another scheme.
 *
 * @throws AuthError `invalid_request` for a header that is repeated or malformed
 */
export function readBearer(req: IncomingMessage): string | undefined {
  const values = req.headersDistinct['authorization'] ?? [];
  if (values.length > 1) throw new AuthError('invalid_request', 'duplicate_header');
  const [value] = values;
  if (value === undefined || !/^bearer(?: |$)/i.test(value)) return undefined;
  const token = bearer.exec(value)?.[1];
  if (token === undefined) throw new AuthError('invalid_request', 'malformed');
  return token;
}
