import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** One request to a callee. */
export interface OutgoingRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Uint8Array | undefined;
  readonly limit: TimeLimit;
}

/** The time of a call, which may be more than one request. Cheaper by far than an AbortSignal for each. */
export interface TimeLimit {
  isOver: boolean;
  /** Ends the request under way, whatever it waits for. */
  end: () => void;
}

/** What a callee answered. Its body is whole, or more than the limit. */
export interface CalleeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: readonly Uint8Array[];
}

export interface SenderOptions {
  readonly origin: URL;
  /** Of a longer body no more is read, and its connection is closed. */
  readonly maxBytes: number;
}

/** How long an idle connection is kept, unless the callee says that it keeps it no longer. */
const idleSeconds = 4;
const late = 'no whole answer in time';
/** Statuses that `fetch` would follow (Fetch §2.2.6): nobody is to send our tokens elsewhere. */
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Creates what sends requests to one origin, over connections that are kept between them. It follows no redirect. Rejects
 * when there is no whole answer. `node:http` rather than `fetch`, which takes twice the processor time.
 */
export function createSender({ origin, maxBytes }: SenderOptions): (sent: OutgoingRequest) => Promise<CalleeAnswer> {
  const isSecure = origin.protocol === 'https:';
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: idleSeconds * 1000 });
  const request = isSecure ? requestHttps : requestHttp;
  const { protocol, port } = origin;
  // An IPv6 address stands in brackets in a URL, and without them everywhere else.
  const hostname = origin.hostname.replace(/^\[(.*)\]$/, '$1');
  const place = { agent, protocol, hostname, ...(port === '' ? {} : { port }) };

  return ({ method, target, headers, content, limit }) =>
    new Promise((resolve, reject) => {
      if (limit.isOver) throw new Error(late);
      const req = request({ ...place, method, path: target, headers }, (res) => {
        // A connection that the callee is about to close is not used again: the request could meet its end.
        if (keptSeconds(res) <= idleSeconds) req.shouldKeepAlive = false;
        const status = Number(res.statusCode);
        if (redirects.has(status)) req.destroy(new Error(`answered ${status}: redirects are not followed`));
        else
          readBody(res, {
            maxBytes,
            onBody: (body) => resolve({ status, headers: res.headers, body }),
            onError: reject,
          });
      });
      limit.end = () => req.destroy(new Error(late));
      req.on('error', reject);
      // A 101 (Switching Protocols) to a request without `Upgrade` ends with neither an answer nor an error.
      req.on('close', () => reject(new Error('closed without an answer')));
      req.end(content);
    });
}

function keptSeconds({ headers }: IncomingMessage): number {
  const kept = /\btimeout=(\d+)/.exec(String(headers['keep-alive'] ?? ''))?.[1];
  return kept === undefined ? Number.POSITIVE_INFINITY : Number(kept);
}

interface BodyOptions {
  readonly maxBytes: number;
  readonly onBody: (body: readonly Uint8Array[]) => void;
  readonly onError: (error: Error) => void;
}

/** Not by a promise: the request is closed before one would be resolved. */
function readBody(res: IncomingMessage, { maxBytes, onBody, onError }: BodyOptions): void {
  const body: Uint8Array[] = [];
  let bytes = 0;
  res.on('data', (chunk: Uint8Array) => {
    body.push(chunk);
    bytes += chunk.byteLength;
    if (bytes <= maxBytes) return;
    onBody(body);
    res.destroy();
  });
  res.on('end', () => onBody(body));
  res.on('error', onError);
}
