import type { IncomingMessage } from 'node:http';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { startDeadline } from '../deadline.ts';
import type { JwksAnswer } from './jwks-answer.ts';
import { readJwksAnswer } from './jwks-answer.ts';
import { JwksFetchError } from './jwks-fetch-error.ts';

export interface JwksRequest {
  readonly url: URL;
  /** Of the keys at hand: the server may say that they are unchanged (RFC 9110 §13.1.2). */
  readonly etag: string | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Aborted when time is up and at the end; whoever wants to stop the fetch aborts it. */
  readonly cancel: AbortController;
}

/**
 * Asks once for a JWK Set, on a connection of its own that is closed at the end, read or not.
 *
 * @throws JwksFetchError and nothing else
 */
export async function fetchJwks(request: JwksRequest): Promise<JwksAnswer> {
  const { etag, timeoutMs, maxBytes, cancel } = request;
  let isLate = false;
  const cancelDeadline = startDeadline(timeoutMs, () => {
    isLate = true;
    cancel.abort();
  });
  try {
    return await readJwksAnswer(await open(request), { etag, maxBytes });
  } catch (cause) {
    if (cause instanceof JwksFetchError) throw cause;
    if (isLate) throw new JwksFetchError('timeout', `nothing whole within ${timeoutMs} ms`, { cause });
    throw new JwksFetchError('network', 'no connection, or one that broke', { cause });
  } finally {
    cancelDeadline();
    cancel.abort();
  }
}

// Not the global fetch: what it aborts while it connects stays open, and the process with it, for 10 s more.
function open({ url, etag, cancel }: JwksRequest): Promise<IncomingMessage> {
  const headers = {
    Accept: 'application/jwk-set+json, application/json',
    'Accept-Encoding': 'gzip',
    // A cache on the way has to ask the issuer: a key that was taken back must not live on in it (RFC 9111 §5.2.1.1).
    'Cache-Control': 'max-age=0',
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
  };
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false, signal: cancel.signal }, resolve)
      .on('error', reject)
      // After a 101, which nobody asked for, there is neither an answer nor an error.
      .on('close', () => reject(new Error('closed without an answer')));
  });
}
