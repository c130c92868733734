import type * as z from 'zod';
import { issuedAfterHeader } from '../service-claims.ts';
import { UpstreamError } from './upstream-error.ts';

const maxBytes = 1_000_000;

/**
 * Reads a callee's answer: JSON of bounded size that fits the operation's response schema.
 *
 * @throws UpstreamError
 */
export async function readAnswer<S extends z.ZodType>(
  operation: string,
  response: Response,
  schema: S,
): Promise<z.output<S>> {
  const body = parseJson(await readText(operation, response));
  if (!response.ok) throw refusal(operation, response.status, codeOf(body));
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw new UpstreamError('upstream_failed', operation, {
      answer: { status: response.status, code: 'unexpected_body' },
    });
  }
  return parsed.data;
}

/** The value of `Service-Token-After`: a callee that has just started accepts tokens issued after this second (since 1970). */
export function readIssuedAfter({ status, headers }: Response): number | undefined {
  const text = headers.get(issuedAfterHeader) ?? '';
  return status === 503 && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function refusal(operation: string, status: number, code: string | undefined): UpstreamError {
  const answer = { status, code };
  if (status === 503 || status === 429) return new UpstreamError('unavailable', operation, { answer });
  // A callee that refuses us as a service tells of our own keys or clock: not something our caller can mend.
  const aboutUs = code === 'invalid_service_token' || code === 'caller_not_allowed';
  const proper = status >= 400 && status < 500 && code !== undefined;
  return new UpstreamError(proper && !aboutUs ? 'upstream_refused' : 'upstream_failed', operation, { answer });
}

async function readText(operation: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new UpstreamError('upstream_failed', operation, { answer: { status: response.status, code: 'too_large' } });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(body: unknown): string | undefined {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
