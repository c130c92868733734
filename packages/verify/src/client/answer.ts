import type { IncomingHttpHeaders } from 'node:http';
import type * as z from 'zod';
import { issuedAfterHeader } from '../service-claims.ts';
import { UpstreamError } from './upstream-error.ts';

/** The longest body of an answer, in bytes. */
export const maxAnswerBytes = 1_000_000;

const utf8 = new TextDecoder();

/** The status and the unparsed body of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: readonly Uint8Array[];
}

/**
 * Reads a callee's answer: JSON of bounded size that fits the operation's response schema.
 *
 * @throws UpstreamError for any other answer
 */
export function readAnswer<S extends z.ZodType>(operation: string, answer: Answer, schema: S): z.output<S> {
  const { status } = answer;
  const body = parseJson(readText(operation, answer));
  if (status < 200 || status > 299) throw refusal(operation, status, codeOf(body));
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw new UpstreamError('upstream_failed', operation, {
      answer: { status, code: 'unexpected_body' },
    });
  }
  return parsed.data;
}

/**
 * Reads `Service-Token-After` from a 503: a callee that has just started accepts tokens issued after this second (since
 * 1970).
 */
export function readIssuedAfter({
  status,
  headers,
}: Answer & { readonly headers: IncomingHttpHeaders }): number | undefined {
  const text = String(headers[issuedAfterHeader.toLowerCase()] ?? '');
  return status === 503 && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function refusal(operation: string, status: number, code: string | undefined): UpstreamError {
  const answer = { status, code };
  if (status === 503 || status === 429) return new UpstreamError('unavailable', operation, { answer });
  // These codes mean that our own keys or our clock are wrong. Our caller cannot fix that.
  const refusesUs = code === 'invalid_service_token' || code === 'caller_not_allowed';
  const isProblem = status >= 400 && status < 500 && code !== undefined;
  return new UpstreamError(isProblem && !refusesUs ? 'upstream_refused' : 'upstream_failed', operation, { answer });
}

function readText(operation: string, { status, body }: Answer): string {
  const bytes = body.length === 1 ? body[0] : Buffer.concat(body);
  if (bytes !== undefined && bytes.byteLength > maxAnswerBytes)
    throw new UpstreamError('upstream_failed', operation, { answer: { status, code: 'too_large' } });
  return utf8.decode(bytes);
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
