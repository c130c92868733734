import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { startDeadline } from '../deadline.ts';
import { type JsonAnswer, readJsonAnswer } from './json-answer.ts';
import { JwksFetchError } from './jwks-fetch-error.ts';

export interface JsonRequest {
  readonly url: URL;
  /** The media types that are accepted, in lower case. */
  readonly mediaTypes: readonly string[];
  /** The ETag of the current document: the server may answer that it is unchanged (RFC 9110 §13.1.2). */
  readonly etag?: string | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Stops the fetch when it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Fetches a JSON document once. Each fetch uses a new connection, which is closed at the end even when the answer was not
 * read. Does not check what the document says.
 *
 * @throws JwksFetchError and nothing else
 */
export async function fetchJson(request: JsonRequest): Promise<JsonAnswer> {
  const { timeoutMs, signal } = request;
  const cancel = new AbortController();
  const stop = () => cancel.abort();
  let isLate = false;
  const cancelDeadline = startDeadline(timeoutMs, () => {
    isLate = true;
    stop();
  });
  signal.addEventListener('abort', stop, { signal: cancel.signal });
  if (signal.aborted) stop();
  try {
    return await readJsonAnswer(await open(request, cancel.signal), request);
  } catch (cause) {
    if (cause instanceof JwksFetchError) throw cause;
    if (isLate) throw new JwksFetchError('timeout', `nothing whole within ${timeoutMs} ms`, { cause });
    throw new JwksFetchError('network', 'no connection, or one that broke', { cause });
  } finally {
    cancelDeadline();
    stop();
  }
}

// Does not use the global fetch. When fetch is aborted during connecting, it keeps the connection and the process open for
// 10 s more.
function open({ url, etag, mediaTypes }: JsonRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    Accept: mediaTypes.join(', '),
    'Accept-Encoding': 'gzip',
    // A cache on the way must ask the issuer: it must not keep a revoked key (RFC 9111 §5.2.1.1).
    'Cache-Control': 'max-age=0',
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
  };
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false, signal }, resolve)
      .on('error', reject)
      // After an unexpected 101 there is neither an answer nor an error.
      .on('close', () => reject(new Error('closed without an answer')));
  });
}
