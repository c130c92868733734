/**
 * Every error a service can answer with: status, title (fixed per code) and the detail used when none is given.
 * One `type` URI per code: `urn:problem:<code>` (RFC 9457 §3.1.1).
 */
export const problems = {
  invalid_request: { status: 400, title: 'Invalid request', detail: 'The request cannot be read.' },
  invalid_service_token: { status: 400, title: 'Invalid service token', detail: 'The Service-Token was not accepted.' },
  invalid_credentials: { status: 401, title: 'Invalid credentials', detail: 'The e-mail or the password is wrong.' },
  invalid_refresh_token: { status: 401, title: 'Invalid refresh token', detail: 'Log in again.' },
  no_session: { status: 401, title: 'No session', detail: 'There is no such session, or it has ended. Log in again.' },
  missing_token: {
    status: 401,
    title: 'Missing access token',
    detail: 'Send an access token: "Authorization: Bearer <token>".',
  },
  token_expired: {
    status: 401,
    title: 'Access token expired',
    detail: 'Get a new access token with the refresh token, or log in again.',
  },
  token_revoked: { status: 401, title: 'Access token revoked', detail: 'The session has ended. Log in again.' },
  invalid_token: { status: 401, title: 'Invalid access token', detail: 'The access token was not accepted.' },
  insufficient_scope: { status: 403, title: 'Insufficient scope', detail: 'The access token lacks a needed scope.' },
  insufficient_audience: {
    status: 403,
    title: 'Insufficient audience',
    detail: 'The access token is not meant for a service that this request needs.',
  },
  caller_not_allowed: {
    status: 403,
    title: 'Caller not allowed',
    detail: 'This service is not listed as a caller of the operation.',
  },
  forbidden: { status: 403, title: 'Forbidden', detail: 'This is not allowed.' },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing here.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', detail: 'Use one of the methods named in Allow.' },
  request_timeout: {
    status: 408,
    title: 'Request timeout',
    detail: 'The request did not arrive in time. Send it again.',
  },
  conflict: { status: 409, title: 'Conflict', detail: 'The request does not fit the current state.' },
  precondition_failed: {
    status: 412,
    title: 'Precondition failed',
    detail: 'It has changed since you read it. Read it again and send its ETag in If-Match.',
  },
  payload_too_large: { status: 413, title: 'Payload too large', detail: 'The body is too large.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as UTF-8 with "Content-Type: application/json" and no Content-Encoding.',
  },
  invalid_fields: { status: 422, title: 'Invalid fields', detail: 'Some fields are wrong: see errors.' },
  precondition_required: {
    status: 428,
    title: 'Precondition required',
    detail: 'Read it first and send its ETag in If-Match.',
  },
  rate_limited: { status: 429, title: 'Too many requests', detail: 'Wait as long as Retry-After says.' },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here. Quote the requestId when you report it.',
  },
  upstream_failed: { status: 502, title: 'Upstream failed', detail: 'A service needed for this gave no good answer.' },
  unavailable: { status: 503, title: 'Unavailable', detail: 'Not available right now. Try again later.' },
  upstream_timeout: {
    status: 504,
    title: 'Upstream timeout',
    detail: 'A service needed for this did not answer in time.',
  },
} as const satisfies Record<string, { status: number; title: string; detail: string }>;

/** The stable name of an error, as it stands in `code` of every error body. */
export type ProblemCode = keyof typeof problems;
