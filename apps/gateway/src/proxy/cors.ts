import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Says to browsers which pages of other origins may read answers: adds what an answer must say. True when the request was
 * a question of the browser's, and is answered.
 */
export type Cors = (req: IncomingMessage, res: ServerResponse) => boolean;

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const requestHeaders = 'Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id';
const exposed = 'ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';
/** How long a browser may remember the answer to its question. */
const maxAgeSeconds = 600;

/** Exact origins only, and with the cookie; nobody unless configured. */
export function createCors(trusted: readonly string[]): Cors {
  const origins: ReadonlySet<string> = new Set(trusted);
  if (origins.size === 0) return () => false;
  return (req, res) => {
    // Answers differ by it, also where it is missing.
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
