import type { ErrorRequestHandler } from 'express';
import { AuthError, type RefusalReason } from '../auth-error.ts';
import { type AuthErrorCode, authErrors, type ProblemEntry, problemType } from '../problems.ts';
import { issuedAfterHeader } from '../service-claims.ts';
import { retryAfterSeconds } from '../times.ts';

/** The parts of a refusal: the answer to a rejected token or request. `reason` is for the log alone. */
export interface RefusalFields {
  readonly code: AuthErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: RefusalReason;
}

/**
 * Converts an AuthError to the parts of an answer; `undefined` for any other error. For an application with its own
 * error handler.
 */
export function refusalOf(error: unknown): RefusalFields | undefined {
  if (!(error instanceof AuthError)) return undefined;
  const { code, status, reason } = error;
  const { title, detail } = authErrors[code];
  return { code, status, title, detail, reason, headers: headersOf(error) };
}

/**
 * Creates the error handler for an application without its own. It answers refusals as problem details (RFC 9457) and
 * passes every other error on.
 */
export function refusals(): ErrorRequestHandler {
  return (error, _req, res, next) => {
    const refusal = refusalOf(error);
    if (refusal === undefined || res.headersSent) {
      next(error);
      return;
    }
    const { code, status, title, detail, headers } = refusal;
    res.status(status).set({ 'Cache-Control': 'no-store', ...headers });
    res.type('application/problem+json').send(JSON.stringify({ type: problemType(code), title, status, detail, code }));
  };
}

function headersOf({ code, scope, issuedAfter }: AuthError): Record<string, string> {
  const { challenge }: ProblemEntry = authErrors[code];
  // The missing scope (RFC 6750 §3.1).
  const missing = code === 'insufficient_scope' && scope !== undefined ? `, scope="${scope}"` : '';
  return {
    ...(challenge !== undefined && { 'WWW-Authenticate': `${challenge}${missing}` }),
    ...(code === 'unavailable' && { 'Retry-After': String(retryAfterSeconds) }),
    ...(issuedAfter !== undefined && { [issuedAfterHeader]: String(issuedAfter) }),
  };
}
