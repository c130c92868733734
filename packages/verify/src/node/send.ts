import type { ServerResponse } from 'node:http';
import type { Refusal } from '../http/refusal.ts';

/**
 * Sends a whole answer, such as a refusal. Header fields that were set before stay, unless the answer has its own. To a
 * `HEAD` request, Node sends the header fields alone.
 */
export function send(
  res: ServerResponse,
  { status, headers, body }: Pick<Refusal, 'status' | 'headers' | 'body'>,
): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body);
}
