import { Problem } from '@auth/http';
import { connectionFields, isPlainFieldName, namedByConnection } from './connection-fields.ts';
import { forwardedNames } from './forwarded-headers.ts';

/** What a client may not say to a service, by name in lower case. */
const removed: ReadonlySet<string> = new Set([
  ...connectionFields,
  // Written for the service by the gateway.
  ...['host', ...forwardedNames],
  // Between the client and the gateway.
  ...['cookie', 'cookie2', 'set-cookie', 'set-cookie2', 'expect'],
  // Between services.
  'service-token',
  // Where a request came from: some believe them.
  ...['forwarded', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-originating-ip', 'true-client-ip'],
  ...['cf-connecting-ip', 'fastly-client-ip', 'client-ip', 'x-host', 'x-remote-ip', 'x-remote-addr', 'remote-addr'],
  // Who sent it: likewise.
  ...['remote-user', 'x-remote-user', 'x-client-cert', 'x-ssl-client-cert', 'x-ssl-client-verify'],
  // What it asks for: likewise.
  ...['x-http-method', 'x-http-method-override', 'x-method-override', 'x-rewrite-url', 'x-url', 'x-scheme', 'via'],
]);

const removedPrefixes =
  /^(?:x-user|user-(?!agent$)|x-forwarded|x-original|x-auth|x-ssl|ssl-|x-client-|x-amzn|x-goog|x-ms-|x-middleware|x-accel|x-envoy|proxy)/;

/** Fields that have one value; a second one would be seen by one party and not by another. */
const single: ReadonlySet<string> = new Set([
  ...['authorization', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'host', 'origin'],
  ...['cookie', 'expect', 'idempotency-key', 'if-match', 'range', 'referer', 'sec-fetch-site', 'user-agent'],
]);

/** The headers of a request that may go to a service: names in lower case and values in turn. */
export interface RequestHeaders {
  readonly passed: string[];
  /** Not among them: who asks decides whether it goes along. */
  readonly authorization: string | undefined;
}

/**
 * Sorts out the headers of a request. `rawHeaders` are as Node has them, `connection` is the whole `Connection` header.
 * @throws Problem invalid_request for a second value of what has one, and for a coding of the body that cannot be passed on.
 */
export function readRequestHeaders(rawHeaders: readonly string[], connection: string | undefined): RequestHeaders {
  const named = namedByConnection(connection);
  const passed: string[] = [];
  const seen: string[] = [];
  let authorization: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (single.has(name)) {
      if (seen.includes(name)) throw new Problem('invalid_request', { detail: `Send ${name} once.`, reason: 'header' });
      seen.push(name);
    }
    if (name === 'transfer-encoding') assertChunked(value);
    if (named.has(name)) continue;
    if (name === 'authorization') authorization = value;
    if (isForService(name)) passed.push(name, value);
  }
  return { passed, authorization };
}

function isForService(name: string): boolean {
  return !removed.has(name) && isPlainFieldName(name) && !removedPrefixes.test(name);
}

/** The name of any other coding would be lost with this hop, and the body be taken for what it is not. */
function assertChunked(value: string): void {
  if (value.toLowerCase() === 'chunked') return;
  throw new Problem('invalid_request', { detail: 'Send no Transfer-Encoding but chunked.', reason: 'header' });
}
