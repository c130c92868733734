import type { ErrorRequestHandler } from 'express';
import type { AuthErrorCode, RefusalReason } from '../auth-error.ts';
import { AuthError, authErrors } from '../auth-error.ts';
import { issuedAfterHeader } from '../service-claims.ts';

/** A refusal as the parts of an answer; `reason` is for the log alone. */
export interface RefusalFields {
  readonly code: AuthErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: RefusalReason;
}

const retryAfterSeconds = '5';

/** Turns an AuthError into the parts of an answer, for an application with its own error handler; `undefined` for any other error. */
export function refusalOf(error: unknown): RefusalFields | undefined {
  if (!(error instanceof AuthError)) return undefined;
  const { code, status, reason } = error;
  const { title, detail } = authErrors[code];
  return { code, status, title, detail, reason, headers: headersOf(error) };
}

/**
 * The error handler for an application without its own: answers refusals as problem details (RFC 9457) and passes
 * every other error on.
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
    res
      .type('application/problem+json')
      .send(JSON.stringify({ type: `urn:problem:${code}`, title, status, detail, code }));
  };
}

/** A challenge with every 401 (RFC 9110 §11.6.1), and with a 403 that another access token would mend (RFC 6750 §3.1). */
function headersOf(error: AuthError): Record<string, string> {
  const { code, scope, issuedAfter } = error;
  const { detail } = authErrors[code];
  switch (code) {
    case 'missing_token':
      return { 'WWW-Authenticate': 'Bearer realm="api"' };
    case 'invalid_token':
    case 'token_expired':
    case 'token_revoked':
      return { 'WWW-Authenticate': `Bearer realm="api", error="invalid_token", error_description="${detail}"` };
    case 'insufficient_scope':
      return {
        'WWW-Authenticate': `Bearer realm="api", error="insufficient_scope"${scope === undefined ? '' : `, scope="${scope}"`}`,
      };
    case 'unavailable':
      return {
        'Retry-After': retryAfterSeconds,
        ...(issuedAfter === undefined ? {} : { [issuedAfterHeader]: String(issuedAfter) }),
      };
    default:
      return {};
  }
}
