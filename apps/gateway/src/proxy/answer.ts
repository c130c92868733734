import { Writable } from 'node:stream';
import { patchResponse } from './patched-response.ts';
import type { Attempt, ProxyRequest } from './request.ts';
import { assertFramed, responseHeaders } from './response-headers.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/** The head of a service's answer. */
export interface AnswerHead {
  readonly status: number;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
}

/** The most bytes of an answer that refuses a token. A problem of a service is much shorter. */
const maxRefusalBytes = 16_384;

/** Statuses of answers that have no content (RFC 9110 §6.4.1). */
const bodiless: ReadonlySet<number> = new Set([204, 304]);

/**
 * Begins the answer to the client and returns the stream for its body. Destroying the stream cuts the client's
 * connection, so that an answer that broke off does not look whole.
 *
 * @throws UpstreamFailure upstream_failed for an answer that cannot be forwarded
 */
export function beginAnswer(attempt: Attempt, head: AnswerHead): Writable {
  const { request } = attempt;
  const { res } = request;
  writeHead(request, head);
  if (bodiless.has(head.status)) {
    // The answer ends with its head (RFC 9112 §6.3), whatever the service goes on to send.
    res.end();
    return new Writable({ write: (_chunk, _encoding, done) => done() });
  }
  // The first part of a streamed body may come much later than the head.
  if (res.chunkedEncoding) res.flushHeaders();
  return patchResponse(attempt);
}

/**
 * Reads the whole of an answer that refuses an access token, before any of it goes to the client.
 *
 * @param onWhole called with the code of the problem, and a function that forwards the answer
 */
export function readRefusal(
  request: ProxyRequest,
  head: AnswerHead,
  onWhole: (code: string | undefined, forwardAnswer: () => void) => void,
): Writable {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      chunks.push(chunk);
      done(bytes > maxRefusalBytes ? new UpstreamFailure('upstream_failed', 'a long refusal') : null);
    },
    final(done) {
      const body = Buffer.concat(chunks);
      onWhole(problemCode(body) ?? challengeCode(head), () => {
        writeHead(request, head);
        request.res.end(body);
      });
      done();
    },
  });
}

function writeHead({ req, res, client, authentication }: ProxyRequest, { status, rawHeaders }: AnswerHead): void {
  const hasContent = req.method !== 'HEAD' && !bodiless.has(status);
  assertFramed(rawHeaders, { status, hasBody: hasContent });
  const accessToken = authentication?.kind === 'session' ? authentication.accessToken : undefined;
  const headers = responseHeaders(rawHeaders, { requestId: client.requestId, accessToken, status });
  if (res.getHeaderNames().length === 0) {
    res.writeHead(status, headers);
    return;
  }
  // The response already has headers: `Connection: close` of a server that drains, CORS. Beside them, `writeHead` would
  // keep only the last value of a repeated name.
  for (let index = 0; index < headers.length; index += 2) {
    res.appendHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
  res.writeHead(status);
}

/** Returns the error code of the challenge, for the answer to HEAD, which has no body (RFC 6750 §3.1). */
function challengeCode({ rawHeaders }: AnswerHead): string | undefined {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'www-authenticate');
  return /\berror="(\w+)"/.exec((at < 0 ? undefined : rawHeaders[at + 1]) ?? '')?.[1];
}

/** Returns the `code` of a problem body; `undefined` for any other body. */
function problemCode(body: Buffer): string | undefined {
  try {
    const { code }: { code?: unknown } = Object(JSON.parse(body.toString()));
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
}
