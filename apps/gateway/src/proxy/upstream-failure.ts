import { Problem } from '@auth/http';
import { errors } from 'undici';

/** How a service failed to answer: nobody could be reached, no good answer came, none came in time. */
export type UpstreamFailureCode = 'unavailable' | 'upstream_failed' | 'upstream_timeout';

/** A service did not answer, or not to the end. Not an answer of any status: that is the service's own. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly code: UpstreamFailureCode;
  /** For the log: which failure it was, as Node, undici or the HTTP parser names it. */
  readonly reason: string;
  /** Whether it says that something is wrong with the service. Being slow where that is by design does not. */
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

/** Nothing was sent, unless it came on a connection that stood already. */
const unreachable: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'EADDRNOTAVAIL'],
  ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED'],
]);

const late: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** A connection that was kept and that the other side had given up meanwhile ends in one of these. */
const cutOff: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Mistakes of this program, whatever the service did. */
const mistakes: ReadonlySet<string> = new Set([
  ...['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_INVALID_RETURN_VALUE'],
  ...['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'ERR_INVALID_ARG_TYPE', 'ERR_HTTP_HEADERS_SENT'],
]);

/** What an error of undici, of Node's sockets or of writing the answer on says of the service; `undefined` if nothing. */
export function upstreamFailure(error: unknown): UpstreamFailure | undefined {
  if (error instanceof UpstreamFailure) return error;
  // What is wrong with it as HTTP has no code in some versions of the parser.
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

/** Whether the connection ended before an answer began, as a kept one may at any time. */
export function isCutOff(error: unknown): boolean {
  return error instanceof UpstreamFailure && cutOff.has(error.reason);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || error instanceof Problem) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
