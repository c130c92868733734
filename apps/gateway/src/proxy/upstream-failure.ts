import { Problem } from '@auth/http';
import { errors } from 'undici';

/** The kinds of failure: no connection, no valid answer, no answer in time. */
export type UpstreamFailureCode = 'unavailable' | 'upstream_failed' | 'upstream_timeout';

/** The error of a service that did not answer, or not to the end. An answer of any status is no failure. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly code: UpstreamFailureCode;
  /** The name of the failure in Node, undici or the HTTP parser, for the log. */
  readonly reason: string;
  /** Whether the breaker counts the failure. A timeout of a route that is slow by design does not count. */
  readonly blames: boolean;

  constructor(
    code: UpstreamFailureCode,
    reason: string,
    { blames = true, ...options }: { readonly cause?: unknown; readonly blames?: boolean } = {},
  ) {
    super(`${code}: ${reason}`, options);
    this.code = code;
    this.reason = reason;
    this.blames = blames;
  }
}

/** Codes of errors before a connection is established, unless they came on an open connection. */
const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
]);

const late: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Codes of a kept connection that the other side has closed meanwhile. */
const cutOff: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Codes of bugs in the gateway, which say nothing about the service. */
const mistakes: ReadonlySet<string> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_INVALID_RETURN_VALUE',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'ERR_INVALID_ARG_TYPE',
  'ERR_HTTP_HEADERS_SENT',
]);

/**
 * Converts an error of undici, of a socket or of the response to a failure; `undefined` if it says nothing about the
 * service.
 */
export function upstreamFailure(error: unknown): UpstreamFailure | undefined {
  if (error instanceof UpstreamFailure) return error;
  // Some versions of the parser give no code.
  if (error instanceof errors.HTTPParserError) {
    return new UpstreamFailure('upstream_failed', error.message, { cause: error });
  }
  const code = codeOf(error);
  if (code === undefined || mistakes.has(code)) return undefined;
  return new UpstreamFailure(kindOf(code, error), code, { cause: error });
}

function kindOf(code: string, error: unknown): UpstreamFailureCode {
  if (late.has(code)) return 'upstream_timeout';
  return unreachable.has(code) && !isOfConnected(error) ? 'unavailable' : 'upstream_failed';
}

function isOfConnected(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'syscall' in error &&
    (error.syscall === 'read' || error.syscall === 'write')
  );
}

/** Returns whether the connection ended before an answer began. A service may close a kept connection at any time. */
export function isCutOff(error: unknown): boolean {
  return error instanceof UpstreamFailure && cutOff.has(error.reason);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || error instanceof Problem) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
