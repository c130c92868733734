import { Problem } from './problem.ts';

/**
 * Converts the errors of Express, its body parser and `sendFile` for a bad request to a problem; `undefined` for other
 * errors.
 */
export function parserProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  // `sendFile` compares If-Match and If-Unmodified-Since with its file.
  if (error.name === 'PreconditionFailedError') return new Problem('precondition_failed', { reason: 'file' });
  const type = 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.parse.failed':
      return new Problem('invalid_request', { detail: 'The body is not valid JSON.', reason: type });
    case 'encoding.invalid':
      return new Problem('invalid_request', { detail: 'The body is not valid UTF-8.', reason: type });
    case 'request.size.invalid':
      return new Problem('invalid_request', {
        detail: 'The body is not as long as Content-Length says.',
        reason: type,
      });
    case 'entity.too.large':
      return new Problem('payload_too_large', { reason: type });
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Problem('unsupported_media_type', { reason: type });
  }
  return isUndecodablePath(error)
    ? new Problem('invalid_request', { detail: 'The path is not well-formed percent-encoded UTF-8.', reason: 'path' })
    : undefined;
}

/** Whether the client disconnected while its body was being read. No answer can be sent then. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'request.aborted';
}

/**
 * Whether the router could not decode the path. The router sets `status` on its URIError. A URIError of a handler has
 * none: it is a bug and stays a 500.
 */
function isUndecodablePath(error: Error): boolean {
  return error instanceof URIError && 'status' in error && error.status === 400;
}
