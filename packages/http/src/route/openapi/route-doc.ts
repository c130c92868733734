import type * as z from 'zod';
import type { ProblemCode } from '../../problem/problem-codes.ts';

/** A route as the API document describes it. */
export interface RouteDoc {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Path template as Express has it: `/orders/:id`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** The scope a user's token needs; `none` for a route that is open to anyone. */
  readonly scope: string | 'none';
  /** The same schemas that validate requests. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: AnswerDoc;
  /** The answer of the route in another configuration. */
  readonly otherAnswer?: AnswerDoc;
  /** Problem codes besides those that follow from the members above. */
  readonly problems?: readonly ProblemCode[];
  /** An example of a body. */
  readonly example?: unknown;
}

/** A successful answer. */
export interface AnswerDoc {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Absent for an answer without content. */
  readonly schema?: z.ZodType;
  readonly mediaType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether `If-None-Match` with the answer's ETag is answered with 304. */
  readonly revalidated?: boolean;
}

/**
 * Returns every code that a route can answer with: its own, and those that follow from its scope, body and parameters.
 */
export function problemsOf({ scope, body, query, params, problems = [] }: RouteDoc): readonly ProblemCode[] {
  const codes: ProblemCode[] = [...problems, 'internal', 'unavailable', 'invalid_request', 'invalid_service_token'];
  if (scope !== 'none')
    codes.push('missing_token', 'invalid_token', 'token_expired', 'token_revoked', 'insufficient_scope');
  if (body !== undefined) codes.push('unsupported_media_type', 'payload_too_large', 'invalid_fields');
  if (query !== undefined) codes.push('invalid_fields');
  if (params !== undefined) codes.push('not_found');
  return [...new Set(codes)];
}
