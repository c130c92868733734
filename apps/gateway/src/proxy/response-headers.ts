import { Problem } from '@auth/http';
import { connectionFields, isPlainFieldName, namedByConnection } from './connection-fields.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/**
 * Fields of an answer that a service may not set, by name in lower case. A service describes its own answer only. The
 * connection is the gateway's; so are fields that a browser applies to the whole site (cookies, stored data, https, other
 * servers, reports), and fields of requests, such as credentials.
 */
const removed: ReadonlySet<string> = new Set([
  ...connectionFields,
  // The gateway's own.
  'x-request-id',
  'cache-control',
  // About the whole site.
  'set-cookie',
  'set-cookie2',
  'clear-site-data',
  'strict-transport-security',
  'alt-svc',
  'service-worker-allowed',
  'nel',
  'report-to',
  'reporting-endpoints',
  'expect-ct',
  'public-key-pins',
  'origin-agent-cluster',
  'refresh',
  // Of requests.
  'authorization',
  'cookie',
  'cookie2',
  'service-token',
  'traceparent',
  'tracestate',
  'baggage',
  'forwarded',
  'host',
]);

/** Statuses with which a server answers a request that it could not read, before any handler. */
const unreadable: ReadonlySet<number> = new Set([400, 408, 413, 414, 417, 431]);

const removedPrefixes = /^(?:x-user|x-forwarded|x-accel|x-sendfile|access-control-|proxy)/;

/** Directives that define who may store the answer to a request with `Authorization` (RFC 9111 §3.5). */
const definesStoring = /(?:^|[\s,])(?:no-store|private|public|s-maxage|must-revalidate)(?=[\s,;=]|$)/i;

export interface ResponseHeadersOptions {
  readonly requestId: string;
  /**
   * The access token that the gateway added; `undefined` for none. The client must not see it, and caches on the way do
   * not know that there was one.
   */
  readonly accessToken: string | undefined;
  readonly status: number;
}

/** Selects the headers of a service's answer that may go to a client: names and values in turn. */
export function responseHeaders(raw: readonly string[], options: ResponseHeadersOptions): string[] {
  const { requestId, accessToken, status } = options;
  const secret = accessToken === undefined ? undefined : signatureOf(accessToken);
  const named = namedByConnection(joined(raw, 'connection'));
  const passed = ['X-Request-Id', requestId];
  let caching: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const given = raw[index] ?? '';
    const name = given.toLowerCase();
    const value = raw[index + 1] ?? '';
    if (named.has(name)) continue;
    if (secret !== undefined && value.includes(secret)) continue;
    // A 204 has no Content-Length (RFC 9110 §8.6): a strict proxy would wait for content.
    if (name === 'content-length' && status === 204) continue;
    if (name === 'cache-control') caching = caching === undefined ? value : `${caching}, ${value}`;
    if (isForClient(name)) passed.push(given, value);
  }
  const cacheControl = accessToken === undefined ? caching : sessionCaching(caching);
  if (cacheControl !== undefined) passed.push('Cache-Control', cacheControl);
  return passed;
}

/**
 * Refuses a status that no final answer has: HTTP has 200 to 599 (RFC 9110 §15). @throws UpstreamFailure upstream_failed
 */
export function assertFinalStatus(status: number): void {
  if (status < 200 || status > 599) throw new UpstreamFailure('upstream_failed', 'status');
}

/**
 * Checks that the end of an answer differs from a connection that broke off.
 *
 * @throws UpstreamFailure upstream_failed
 * @throws Problem invalid_request for an answer without a length to a request that the server could not read: too long or
 *   too slow. Those are errors of the client
 */
export function assertFramed(
  raw: readonly string[],
  { status = 200, hasBody }: { status?: number; hasBody: boolean },
): void {
  const coding = joined(raw, 'transfer-encoding');
  // The gateway would remove the name of any other coding.
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new UpstreamFailure('upstream_failed', 'coding');
  if (hasBody && coding === undefined && joined(raw, 'content-length') === undefined) {
    if (unreadable.has(status)) {
      throw new Problem('invalid_request', {
        detail: 'The service could not read the request: it is too long, or took too long.',
        reason: `the service answered ${status}`,
      });
    }
    throw new UpstreamFailure('upstream_failed', 'no length');
  }
}

function isForClient(name: string): boolean {
  return !removed.has(name) && isPlainFieldName(name) && !removedPrefixes.test(name);
}

/** Returns the part of a token that makes it valid: the signature, or the whole token if it is no JWT. */
function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1) || token;
}

function sessionCaching(caching: string | undefined): string {
  if (caching === undefined) return 'no-store';
  return definesStoring.test(caching) ? caching : `private, ${caching}`;
}

function joined(raw: readonly string[], lowerCase: string): string | undefined {
  let value: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index]?.length !== lowerCase.length || raw[index]?.toLowerCase() !== lowerCase) continue;
    value = value === undefined ? raw[index + 1] : `${value}, ${raw[index + 1]}`;
  }
  return value;
}
