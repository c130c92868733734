import { AuthError, type RefusalReason } from '../auth-error.ts';
import { type AuthErrorCode, authErrors, type ProblemEntry, problemType } from '../problems.ts';
import { issuedAfterHeader } from '../service-claims.ts';
import { retryAfterSeconds } from '../times.ts';
import type { ProtectedResource } from './protected-resource.ts';

/** The parts of a refusal: the answer to a rejected token or request. `reason` is for the log alone. */
export interface RefusalFields {
  readonly code: AuthErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: RefusalReason;
}

/** A refusal as it is sent. `reason` is for the log alone. */
export interface Refusal {
  readonly code: AuthErrorCode;
  readonly reason: RefusalReason;
  readonly status: number;
  /** All header fields of the answer, `Content-Type` and `Content-Length` included. */
  readonly headers: Readonly<Record<string, string>>;
  /** The problem document (RFC 9457) as JSON text. */
  readonly body: string;
}

export interface RefusalOptions {
  /** The API as `protectedResource` describes it: each challenge then names its metadata (RFC 9728 §5.1). */
  readonly protectedResource?: ProtectedResource | undefined;
}

/** A URL that can stand in a quoted string of a header field. */
const plainUrl = /^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Checks the options of a refusal where a guard is built. @throws TypeError naming the option */
export function assertRefusalOptions({ protectedResource }: RefusalOptions): void {
  if (protectedResource !== undefined && !plainUrl.test(protectedResource?.metadataUrl)) {
    throw new TypeError('protectedResource must be made by protectedResource()');
  }
}

/**
 * Converts an AuthError to the parts of an answer; `undefined` for any other error. For an application with its own
 * error handler.
 */
export function refusalOf(error: unknown, options: RefusalOptions = {}): RefusalFields | undefined {
  if (!(error instanceof AuthError)) return undefined;
  const { code, status, reason } = error;
  const { title, detail } = authErrors[code];
  return { code, status, title, detail, reason, headers: headersOf(error, options) };
}

/** Builds the whole answer of a refusal: a problem document that no cache stores. */
export function answerOf({ code, reason, status, title, detail, headers }: RefusalFields): Refusal {
  const body = JSON.stringify({ type: problemType(code), title, status, detail, code });
  const content = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
  };
  return { code, reason, status, headers: { 'Cache-Control': 'no-store', ...headers, ...content }, body };
}

function headersOf({ code, scope, issuedAfter }: AuthError, options: RefusalOptions): Record<string, string> {
  const { challenge }: ProblemEntry = authErrors[code];
  // The missing scope (RFC 6750 §3.1).
  const missing = code === 'insufficient_scope' && scope !== undefined ? `, scope="${scope}"` : '';
  const url = options.protectedResource?.metadataUrl;
  const metadata = url === undefined ? '' : `, resource_metadata="${url}"`;
  return {
    ...(challenge !== undefined && { 'WWW-Authenticate': `${challenge}${missing}${metadata}` }),
    ...(code === 'unavailable' && { 'Retry-After': String(retryAfterSeconds) }),
    ...(issuedAfter !== undefined && { [issuedAfterHeader]: String(issuedAfter) }),
  };
}
