import type { IncomingMessage } from 'node:http';
import { Problem } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';
import { isHost, isSameHost } from './host.ts';

/** What the rules read of a request. */
export type RequestHead = Pick<
  IncomingMessage,
  'method' | 'url' | 'httpVersionMajor' | 'httpVersionMinor' | 'rawHeaders' | 'headers'
>;

/** Fields that have one value, and that something here acts on. A second line could be read by one party and not by another. */
const single: ReadonlySet<string> = new Set([
  ...['authorization', 'content-type', 'expect', 'host', 'idempotency-key', 'origin', 'transfer-encoding'],
]);
/** By length and first letter: on every request this spares most other names a comparison. */
const singleKeys: ReadonlySet<number> = new Set([...single].map(keyOf));

/** Path and query as sent (RFC 9112 §3.2.1). A fragment is no part of a target. */
const originForm = /^\/[\x21\x22\x24-\x7e]*$/;
/** A scheme of ours, an authority without userinfo, path and query (RFC 9112 §3.2.2). */
const absoluteForm = /^https?:\/\/([^/?#@]*)(?:[/?][\x21\x22\x24-\x7e]*)?$/i;

/**
 * The reason to refuse a request by its head alone, whoever sent it and whatever route it is for; `undefined` for a good
 * one. HTTP version, framing, `Host`, request target, `Expect`, and fields that were sent twice. The parser of Node has
 * refused what it could not read before.
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

/** RFC 9112 §6.1. Node refuses what it cannot frame; what is left here is what another server could frame differently. */
function framing(req: RequestHead): Problem | undefined {
  const coding = req.headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  // A server on the way that knows no HTTP/1.1 has read the body as something else.
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

/** RFC 9112 §3.2. */
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
  // The RFC has the target win; whoever routed by Host has taken the request for another one.
  const { host: named } = req.headers;
  if (named === undefined || isSameHost(authority, named)) return undefined;
  return fault('invalid_request', 'target of another host', 'The request target and Host name different hosts.');
}

/** RFC 9110 §10.1.1. */
function expectation(req: RequestHead): Problem | undefined {
  const { expect } = req.headers;
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return fault('expectation_failed', 'expect');
}

function fault(code: ProblemCode, reason: string, detail?: string): Problem {
  return new Problem(code, { reason, ...(detail === undefined ? {} : { detail }) });
}

/** `content-type` as it is written: `Content-Type`. */
function fieldName(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
