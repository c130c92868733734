import type { ProblemEntry } from '@auth/verify/problems';
import { retryAfterSeconds } from '@auth/verify/times';
import { type ProblemCode, problems } from './problem-codes.ts';

/** One wrong field: `pointer` is a JSON pointer into the body, query or parameters (RFC 6901). */
export interface FieldError {
  detail: string;
  pointer: string;
}

/** Options of a problem. `detail`, `errors` and `headers` are sent; `reason` and `cause` are only logged. */
export interface ProblemOptions {
  /** Safe for the client: says how to fix the request, without a value from it and without internals. */
  detail?: string;
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  retryAfterSeconds?: number;
  /** Log only. */
  reason?: string;
  /** Log only. */
  cause?: unknown;
}

/**
 * An error that is sent as an answer (RFC 9457). Throw it in any middleware or route of an app. A 503 always has
 * `Retry-After`, a 401 always has `WWW-Authenticate` (RFC 9110 §11.6.1).
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const { status, title, detail, challenge }: ProblemEntry = problems[code];
    super(
      options.reason ?? options.detail ?? detail,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = options.detail ?? detail;
    this.errors = options.errors;
    this.headers = headersOf({ status, challenge }, options);
    this.reason = options.reason;
  }
}

function headersOf(
  { status, challenge }: Pick<ProblemEntry, 'status'> & { challenge: string | undefined },
  options: ProblemOptions,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { ...options.headers };
  const has = (wanted: string) => Object.keys(headers).some((name) => name.toLowerCase() === wanted);
  const wait = options.retryAfterSeconds ?? (status === 503 ? retryAfterSeconds : undefined);
  if (wait !== undefined && !has('retry-after')) headers['Retry-After'] = String(Math.max(0, Math.ceil(wait)));
  if (challenge !== undefined && !has('www-authenticate')) headers['WWW-Authenticate'] = challenge;
  return headers;
}

/** A refused credential: the code, headers and log reason of its verifier. */
interface Refusal {
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** Converts a refusal to a problem; `undefined` without a refusal. */
export function refusalProblem(refusal: Refusal | undefined): Problem | undefined {
  return refusal && new Problem(refusal.code, { headers: refusal.headers, reason: refusal.reason });
}

/** The ways in which a call to another service fails. */
type UpstreamFailureCode = 'unavailable' | 'upstream_timeout' | 'upstream_failed' | 'upstream_refused';

/**
 * Creates the problem for a request whose call to another service failed. A refused call is 502, since the client of
 * this service cannot fix it.
 */
export function upstreamProblem(
  code: UpstreamFailureCode,
  why: Required<Pick<ProblemOptions, 'reason'>> & Pick<ProblemOptions, 'cause'>,
): Problem {
  return new Problem(code === 'upstream_refused' ? 'upstream_failed' : code, why);
}
