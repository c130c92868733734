import type { IncomingMessage } from 'node:http';
import { Problem } from '../../problem/problem.ts';
import type { ProblemCode } from '../../problem/problem-codes.ts';
import { isHost, isSameHost } from './host.ts';

/** The parts of a request that the rules read. */
type RequestHead = Pick<
  IncomingMessage,
  'method' | 'url' | 'httpVersionMajor' | 'httpVersionMinor' | 'rawHeaders' | 'headers'
>;

/** Fields that this code uses and that may be sent once only: two parsers could choose different lines. */
const single: ReadonlySet<string> = new Set([
  'authorization',
  'content-type',
  'expect',
  'host',
  'idempotency-key',
  'origin',
  'transfer-encoding',
]);
/** Keys of these names, from length and first letter: a cheap test that excludes most other names on every request. */
const singleKeys: ReadonlySet<number> = new Set([...single].map(keyOf));

/** Path and query as sent (RFC 9112 §3.2.1). A fragment is no part of a target. */
const originForm = /^\/[\x21\x22\x24-\x7e]*$/;
/** An http or https URL with an authority without userinfo, path and query (RFC 9112 §3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#@]*)(?:[/?][\x21\x22\x24-\x7e]*)?$/i;

/**
 * Returns the reason to refuse a request by its head alone, for any client and route; `undefined` for a valid request.
 * Checks the HTTP version, framing, `Host`, request target, `Expect`, and repeated fields. Requests that Node's parser
 * refuses do not get here.
 */
export function requestFault(req: RequestHead): Problem | undefined {
  if (req.httpVersionMajor !== 1) return fault('version_not_supported', 'version');
  return repeated(req) ?? framing(req) ?? host(req) ?? target(req) ?? expectation(req);
}

function repeated({ rawHeaders }: RequestHead): Problem | undefined {
  const seen: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (!singleKeys.has(keyOf(given))) continue;
    const name = given.toLowerCase();
    if (!single.has(name)) continue;
    if (seen.includes(name)) return fault('invalid_request', `repeated ${name}`, `Send ${fieldName(name)} once.`);
    seen.push(name);
  }
  return undefined;
}

function keyOf(name: string): number {
  const lowerCase = 0x20;
  return (name.length << 8) | name.charCodeAt(0) | lowerCase;
}

/**
 * Checks the framing (RFC 9112 §6.1). Node refuses bad framing; another server could frame the cases below differently.
 */
function framing(req: RequestHead): Problem | undefined {
  const coding = req.headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  // An HTTP/1.0 server on the way has read the body differently.
  if (req.httpVersionMinor === 0) {
    return fault('invalid_request', 'transfer-encoding in HTTP/1.0', 'HTTP/1.0 has no Transfer-Encoding.');
  }
  if (req.headers['content-length'] !== undefined) {
    return fault('invalid_request', 'two framings', 'Send Transfer-Encoding or Content-Length, not both.');
  }
  if (coding === '') return fault('invalid_request', 'empty transfer-encoding', 'Transfer-Encoding is empty.');
  if (coding.toLowerCase() === 'chunked') return undefined;
  return fault('not_implemented', 'transfer-encoding', 'Send no Transfer-Encoding but chunked.');
}

/** Checks `Host` (RFC 9112 §3.2). */
function host(req: RequestHead): Problem | undefined {
  const value = req.headers.host;
  if (value === undefined) {
    return req.httpVersionMinor === 0 ? undefined : fault('invalid_request', 'no host', 'Send a Host header.');
  }
  return isHost(value) ? undefined : fault('invalid_request', 'host', 'Host is not a name or address with a port.');
}

function target(req: RequestHead): Problem | undefined {
  const { url = '' } = req;
  if (originForm.test(url)) return undefined;
  const authority = absoluteForm.exec(url)?.[1];
  if (authority === undefined || !isHost(authority) || !URL.canParse(url)) {
    return fault('invalid_request', 'target', 'The request target must be a path, percent-encoded.');
  }
  // The RFC gives the target priority. A proxy that routed by `Host` has read the request as another one.
  const { host: named } = req.headers;
  if (named === undefined || isSameHost(authority, named)) return undefined;
  return fault('invalid_request', 'target of another host', 'The request target and Host name different hosts.');
}

/** Checks `Expect` (RFC 9110 §10.1.1). */
function expectation(req: RequestHead): Problem | undefined {
  const { expect } = req.headers;
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return fault('expectation_failed', 'expect');
}

function fault(code: ProblemCode, reason: string, detail?: string): Problem {
  return new Problem(code, { reason, ...(detail === undefined ? {} : { detail }) });
}

/** Formats the name of a field: `content-type` as `Content-Type`. */
function fieldName(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
