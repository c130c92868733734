import type { IncomingMessage } from 'node:http';
import { Problem } from '@auth/http';
import type { ProxyRoute } from './target.ts';

/**
 * Refuses a request of which it is not certain where it ends. Its connection is closed: what follows on it may be a part of
 * this request (RFC 9112 §6.3).
 */
export function framingProblem(detail: string, reason: string): Problem {
  return new Problem('invalid_request', { detail, reason, headers: { Connection: 'close' } });
}

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const known: ReadonlySet<string | undefined> = new Set(methods);

/** @throws Problem invalid_request for a target that one party could read in another way than the next. */
export function assertUnambiguous(route: ProxyRoute | 'ambiguous'): asserts route is ProxyRoute {
  if (route === 'ambiguous') {
    throw new Problem('invalid_request', {
      detail:
        'The path can be read in two ways: it may hold no //, \\, #, dot segment, %2e, %2f, %5c, %00 or bad escape.',
      reason: 'target',
    });
  }
}

/** @throws Problem for what is not passed on at all, whoever asks: by version, method, upgrade or length of the body. */
export function assertForwardable(req: IncomingMessage, { maxBodyBytes }: { maxBodyBytes: number }): void {
  if (req.httpVersionMajor !== 1) {
    throw new Problem('invalid_request', { detail: 'Speak HTTP/1.1.', reason: 'version' });
  }
  if (!known.has(req.method)) throw new Problem('method_not_allowed', { headers: { Allow: methods.join(', ') } });
  const { upgrade, 'content-length': length, 'transfer-encoding': coding } = req.headers;
  if (upgrade !== undefined && /(?:^|,)[ \t]*websocket[ \t]*(?:$|[,/])/i.test(upgrade)) {
    throw new Problem('invalid_request', { detail: 'There are no WebSockets here.', reason: 'upgrade' });
  }
  // HTTP/1.0 has no such header: whoever stands in between may have read the body as something else (RFC 9112 §6.1).
  if (coding !== undefined && req.httpVersionMinor === 0) {
    throw framingProblem('HTTP/1.0 has no Transfer-Encoding.', 'version');
  }
  if (Number(length) > maxBodyBytes) throw new Problem('payload_too_large');
}
