import { authErrors, bearerChallenge, type ProblemEntry } from '@auth/verify/problems';

/**
 * Every error that a service can answer with: the refusals of `@auth/verify` and all others. `detail` is the default.
 */
export const problems = {
  ...authErrors,
  invalid_credentials: {
    status: 401,
    title: 'Invalid credentials',
    detail: 'The e-mail or the password is wrong.',
    challenge: bearerChallenge,
  },
  invalid_refresh_token: {
    status: 401,
    title: 'Invalid refresh token',
    detail: 'Log in again.',
    challenge: bearerChallenge,
  },
  no_session: {
    status: 401,
    title: 'No session',
    detail: 'There is no such session, or it has ended. Log in again.',
    challenge: bearerChallenge,
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
  expectation_failed: { status: 417, title: 'Expectation failed', detail: 'Send no Expect but 100-continue.' },
  invalid_fields: { status: 422, title: 'Invalid fields', detail: 'Some fields are wrong: see errors.' },
  precondition_required: {
    status: 428,
    title: 'Precondition required',
    detail: 'Read it first and send its ETag in If-Match.',
  },
  rate_limited: { status: 429, title: 'Too many requests', detail: 'Wait as long as Retry-After says.' },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail: 'The request target and the headers are too long together.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here. Quote the requestId when you report it.',
  },
  not_implemented: { status: 501, title: 'Not implemented', detail: 'This is not supported here.' },
  upstream_failed: { status: 502, title: 'Upstream failed', detail: 'A service needed for this gave no good answer.' },
  upstream_timeout: {
    status: 504,
    title: 'Upstream timeout',
    detail: 'A service needed for this did not answer in time.',
  },
  version_not_supported: { status: 505, title: 'HTTP version not supported', detail: 'Speak HTTP/1.1.' },
} as const satisfies Readonly<Record<string, ProblemEntry>>;

/** The stable name of an error: `code` in every error body. */
export type ProblemCode = keyof typeof problems;
