import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** One request to a callee. */
export interface OutgoingRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Uint8Array | undefined;
  readonly limit: TimeLimit;
}

/** The time limit of a call, which may take more than one request. An AbortSignal for each request costs far more. */
export interface TimeLimit {
  isOver: boolean;
  /** Aborts the request that is under way. */
  end: () => void;
}

/** A callee's answer. The body is complete, or longer than `maxBytes`. */
export interface CalleeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: readonly Uint8Array[];
}

export interface SenderOptions {
  readonly origin: URL;
  /** The longest body in bytes. A longer one is not read to its end, and its connection is closed. */
  readonly maxBytes: number;
}

/**
 * How long an idle connection is kept for reuse. If the callee's own keep-alive is this short or shorter, the connection
 * is closed after the answer.
 */
const idleSeconds = 4;
const late = 'no whole answer in time';
/** Statuses that `fetch` would follow (Fetch §2.2.6). Following them could send our tokens to another server. */
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Creates a function that sends requests to one origin and reuses its connections. It follows no redirect, and rejects
 * when there is no complete answer. Uses `node:http` because `fetch` takes twice the processor time.
 */
export function createSender({ origin, maxBytes }: SenderOptions): (sent: OutgoingRequest) => Promise<CalleeAnswer> {
  const isSecure = origin.protocol === 'https:';
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: idleSeconds * 1000 });
  const request = isSecure ? requestHttps : requestHttp;
  const { protocol, port } = origin;
  // In a URL an IPv6 address has brackets; everywhere else it has none.
  const hostname = origin.hostname.replace(/^\[(.*)\]$/, '$1');
  const place = { agent, protocol, hostname, ...(port === '' ? {} : { port }) };

  return ({ method, target, headers, content, limit }) =>
    new Promise((resolve, reject) => {
      if (limit.isOver) throw new Error(late);
      const req = request({ ...place, method, path: target, headers }, (res) => {
        // A connection that the callee closes soon is not reused: the next request could arrive while it closes.
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

/** Reads a body. Uses callbacks, since `close` would reject the call before an awaited body could resolve it. */
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
