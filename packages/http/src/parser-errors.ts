import { Problem } from './problem.ts';

/** Turns what Express and its body parser throw for a bad request into a problem; `undefined` for anything else. */
export function parserProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
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

/** The client went away while its body was being read: there is nobody to answer. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'request.aborted';
}

/** The router marks its own URIError with a status; one thrown by a handler is a bug of ours and stays a 500. */
function isUndecodablePath(error: Error): boolean {
  return error instanceof URIError && 'status' in error && error.status === 400;
}
