/**
 * The problem details of a refusal (RFC 9457): the answer that a client gets for a rejected token or request. Plain data:
 * every package may import @auth/verify/problems.
 */
export interface ProblemEntry {
  readonly status: number;
  /** Fixed per code. */
  readonly title: string;
  /** Safe to show to the client. With a challenge, it has no quotation marks or backslashes (RFC 6750 §3). */
  readonly detail: string;
  /** The value of `WWW-Authenticate`: for every 401 (RFC 9110 §11.6.1), and for a 403 that another token can solve. */
  readonly challenge?: string;
}

/** The challenge for a request without a credential: it names no error (RFC 6750 §3.1). */
export const bearerChallenge = 'Bearer realm="api"';

/** All refusals of this package by code. Titles and codes are stable. Other packages add codes of their own. */
export const authErrors = {
  invalid_request: { status: 400, title: 'Invalid request', detail: 'The request is malformed.' },
  invalid_service_token: {
    status: 400,
    title: 'Invalid service token',
    detail: 'The Service-Token header is missing, malformed, expired, already used, or made for another request.',
  },
  missing_token: {
    status: 401,
    title: 'Missing access token',
    detail: 'Send an access token: Authorization: Bearer <token>.',
    challenge: bearerChallenge,
  },
  invalid_token: invalidToken('Invalid access token', 'The access token is not valid here.'),
  token_expired: invalidToken('Access token expired', 'The access token has expired: refresh it or log in again.'),
  token_revoked: invalidToken('Access token revoked', 'The session of this access token has ended: log in again.'),
  insufficient_scope: {
    status: 403,
    title: 'Insufficient scope',
    detail: 'The access token lacks a scope that this operation needs.',
    challenge: `${bearerChallenge}, error="insufficient_scope"`,
  },
  insufficient_audience: {
    status: 403,
    title: 'Insufficient audience',
    detail: 'The access token is not for a service that this request needs: log in for that audience as well.',
  },
  caller_not_allowed: {
    status: 403,
    title: 'Caller not allowed',
    detail: 'The calling service is not listed for this operation.',
  },
  payload_too_large: { status: 413, title: 'Payload too large', detail: 'The request body is too large.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json in UTF-8, without Content-Encoding.',
  },
  unavailable: { status: 503, title: 'Unavailable', detail: 'Not available right now. Try again later.' },
} as const satisfies Readonly<Record<string, ProblemEntry>>;

export type AuthErrorCode = keyof typeof authErrors;

/** The `type` of a problem: one URI per code (RFC 9457 §3.1.1). */
export function problemType(code: string): string {
  return `urn:problem:${code}`;
}

/** Builds the entry of a code that shares the RFC 6750 §3.1 error `invalid_token`. */
function invalidToken(title: string, detail: string) {
  const challenge = `${bearerChallenge}, error="invalid_token", error_description="${detail}"`;
  return { status: 401, title, detail, challenge } as const;
}
