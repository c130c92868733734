import type { IncomingMessage } from 'node:http';
import { Problem } from '@auth/http';

/**
 * Creates the refusal of a request whose end is uncertain. Its connection is closed: later bytes may be a part of the
 * request (RFC 9112 §6.3).
 */
export function framingProblem(detail: string, reason: string): Problem {
  return new Problem('invalid_request', { detail, reason, headers: { Connection: 'close' } });
}

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const known: ReadonlySet<string | undefined> = new Set(methods);

/** Creates the refusal of a target that two parties could read in two ways. */
export function ambiguousTarget(): Problem {
  return new Problem('invalid_request', {
    detail:
      'The path can be read in two ways: it may hold no //, \\, #, dot segment, %2e, %2f, %5c, %00 or bad escape.',
    reason: 'target',
  });
}

/** Refuses requests that are never forwarded, by version, method, upgrade or length of the body. @throws Problem */
export function assertForwardable(req: IncomingMessage, { maxBodyBytes }: { maxBodyBytes: number }): void {
  if (req.httpVersionMajor !== 1) {
    throw new Problem('invalid_request', { detail: 'Speak HTTP/1.1.', reason: 'version' });
  }
  if (!known.has(req.method)) throw new Problem('method_not_allowed', { headers: { Allow: methods.join(', ') } });
  const { upgrade, 'content-length': length, 'transfer-encoding': coding } = req.headers;
  if (upgrade !== undefined && /(?:^|,)[ \t]*websocket[ \t]*(?:$|[,/])/i.test(upgrade)) {
    throw new Problem('invalid_request', { detail: 'There are no WebSockets here.', reason: 'upgrade' });
  }
  // HTTP/1.0 has no such header: a proxy in between may have read the body as something else (RFC 9112 §6.1).
  if (coding !== undefined && req.httpVersionMinor === 0) {
    throw framingProblem('HTTP/1.0 has no Transfer-Encoding.', 'version');
  }
  if (Number(length) > maxBodyBytes) throw new Problem('payload_too_large');
}
