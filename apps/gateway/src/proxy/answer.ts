import { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { bufferAnswer } from './patched-response.ts';
import type { Place } from './place.ts';
import { leavePlace } from './place.ts';
import { noteFailure } from './refuse.ts';
import type { Exchange } from './request.ts';
import { assertFramed, responseHeaders } from './response-headers.ts';
import { UpstreamFailure, upstreamFailure } from './upstream-failure.ts';

/** The head of a service's answer. */
export interface AnswerHead {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** More than any problem of ours takes. */
const MAX_REFUSAL_BYTES = 16_384;

/** An exchange that a service is answering. */
export interface Answered extends Place {
  readonly exchange: Exchange;
}

export interface AnswerOptions {
  /** The access token that the gateway put into the request: it is for no client to see. */
  readonly accessToken: string | undefined;
}

/** Statuses of answers that have no content (RFC 9110 §6.4.1). */
const bodiless: ReadonlySet<number> = new Set([204, 304]);

const answered = Symbol('answered');
type WatchedResponse = ServerResponse & { [answered]?: Answered };

/**
 * Begins the answer to the client; its body is to be written to what comes back. Destroying that cuts the client's
 * connection, so that no answer that broke off looks whole, and notes why.
 *
 * @throws UpstreamFailure upstream_failed for an answer that cannot be passed on
 */
export function beginAnswer(by: Answered, head: AnswerHead, options: AnswerOptions): Writable {
  const res: WatchedResponse = by.exchange.res;
  writeHead(by.exchange, head, options);
  if (bodiless.has(head.status)) {
    // It ends with its head (RFC 9112 §6.3), whatever the service goes on to send.
    res.end();
    return new Writable({ write: (_chunk, _encoding, done) => done() });
  }
  // Nobody knows when the first part of it comes.
  if (res.chunkedEncoding) res.flushHeaders();
  res[answered] = by;
  bufferAnswer(res, by.exchange);
  // One function for all: responses that have each their own live until a full collection.
  res.destroy = cutAnswer;
  res.end = endAnswer;
  return res;
}

/** The service is done with it, however long the client takes to read. */
function endAnswer(this: WatchedResponse, ...rest: unknown[]): WatchedResponse {
  const by = this[answered];
  if (by !== undefined) leavePlace(by);
  return Reflect.apply(ServerResponse.prototype.end, this, rest);
}

function cutAnswer(this: WatchedResponse, error?: Error): WatchedResponse {
  // undici does this after every answer: it is over already.
  if (this.writableFinished) return this;
  const { exchange, upstream } = this[answered] ?? {};
  if (exchange !== undefined && upstream !== undefined && !exchange.left) {
    const failure = upstreamFailure(error);
    if (failure !== undefined) noteFailure(exchange.req, upstream, failure);
    // To a client of HTTP/1.0 the end of the connection is the end of the answer (RFC 9112 §6.3): it takes a reset.
    if (exchange.req.httpVersionMinor === 0) exchange.req.socket.resetAndDestroy();
  }
  ServerResponse.prototype.destroy.call(this, error);
  return this;
}

/**
 * Takes in the whole of an answer that refuses an access token, before anything of it goes to the client.
 * @param onWhole is told the code of the problem, and how to pass the answer on.
 */
export function takeRefusal(
  exchange: Exchange,
  head: AnswerHead,
  options: AnswerOptions,
  onWhole: (code: string | undefined, passOn: () => void) => void,
): Writable {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      chunks.push(chunk);
      done(bytes > MAX_REFUSAL_BYTES ? new UpstreamFailure('upstream_failed', 'a long refusal') : null);
    },
    final(done) {
      const body = Buffer.concat(chunks);
      onWhole(problemCode(body) ?? challengeCode(head), () => {
        writeHead(exchange, head, options);
        exchange.res.end(body);
      });
      done();
    },
  });
}

function writeHead({ req, res, requestId }: Exchange, head: AnswerHead, { accessToken }: AnswerOptions): void {
  const { status, rawHeaders } = head;
  const hasContent = req.method !== 'HEAD' && !bodiless.has(status);
  assertFramed(rawHeaders, { status, hasBody: hasContent });
  const headers = responseHeaders(rawHeaders, { requestId, accessToken, status });
  if (res.getHeaderNames().length === 0) {
    res.writeHead(status, headers);
    return;
  }
  // `Connection: close` of a server that drains, CORS. Beside that, Node would keep only the last of what comes twice.
  for (let index = 0; index < headers.length; index += 2) {
    res.appendHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
  res.writeHead(status);
}

/** The answer to HEAD has no body, but it has the challenge (RFC 6750 §3.1). */
function challengeCode({ rawHeaders }: AnswerHead): string | undefined {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'www-authenticate');
  return /\berror="(\w+)"/.exec((at < 0 ? undefined : rawHeaders[at + 1]) ?? '')?.[1];
}

/** The `code` of a problem body; `undefined` for anything else. */
function problemCode(body: Buffer): string | undefined {
  try {
    const { code }: { code?: unknown } = Object(JSON.parse(body.toString()));
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}
