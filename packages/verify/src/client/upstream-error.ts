/**
 * `unavailable`: no answer, or a 429 or 503. `upstream_timeout`: no complete answer in time. `upstream_failed`: an
 * unexpected answer, or a rejection of our service token. `upstream_refused`: a 4xx with a problem code, about the
 * request or the user.
 */
export type UpstreamErrorCode = 'unavailable' | 'upstream_timeout' | 'upstream_failed' | 'upstream_refused';

/** A call to another service that did not succeed. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly code: UpstreamErrorCode;
  readonly operation: string;
  /** Status and problem code of the callee's answer, where there was one. */
  readonly answer: { readonly status: number; readonly code: string | undefined } | undefined;

  constructor(
    code: UpstreamErrorCode,
    operation: string,
    options: { answer?: { status: number; code: string | undefined }; cause?: unknown } = {},
  ) {
    const { answer, cause } = options;
    const answered = answer === undefined ? '' : ` (${['answered', answer.status, answer.code].join(' ').trim()})`;
    super(`${operation}: ${code}${answered}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.operation = operation;
    this.answer = answer;
  }
}
