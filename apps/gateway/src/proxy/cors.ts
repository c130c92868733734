import type { IncomingMessage, ServerResponse } from 'node:http';

/** Adds the CORS headers to an answer. Returns true when the request was a preflight, which is then answered. */
export type Cors = (req: IncomingMessage, res: ServerResponse) => boolean;

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const requestHeaders = 'Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id';
const exposed = 'ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';
/** The time for which a browser may cache the answer to a preflight. */
const maxAgeSeconds = 600;

/**
 * Creates the headers for pages of trusted origins, which may read answers and send the cookie. Origins match exactly.
 */
export function createCors(trusted: readonly string[]): Cors {
  const origins: ReadonlySet<string> = new Set(trusted);
  if (origins.size === 0) return () => false;
  return (req, res) => {
    // `Vary: Origin`, also on requests without one.
    res.appendHeader('Vary', 'Origin');
    const { origin } = req.headers;
    if (origin === undefined || !origins.has(origin)) return false;
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) {
      res.setHeader('Access-Control-Expose-Headers', exposed);
      return false;
    }
    res.setHeader('Access-Control-Allow-Methods', methods);
    res.setHeader('Access-Control-Allow-Headers', requestHeaders);
    res.setHeader('Access-Control-Max-Age', String(maxAgeSeconds));
    res.writeHead(204).end();
    return true;
  };
}
