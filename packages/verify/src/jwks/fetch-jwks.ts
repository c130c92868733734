import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { startDeadline } from '../deadline.ts';
import type { KeyRules } from '../public-keys.ts';
import { type JwksAnswer, readJwksAnswer } from './jwks-answer.ts';
import { JwksFetchError } from './jwks-fetch-error.ts';

export interface JwksRequest {
  readonly url: URL;
  readonly profile: KeyRules;
  /** The ETag of the current keys: the server may answer that they are unchanged (RFC 9110 §13.1.2). */
  readonly etag: string | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Stops the fetch when it is aborted. `fetchJwks` aborts it at the timeout and at the end. */
  readonly cancel: AbortController;
}

/**
 * Fetches a JWK Set once. Each fetch uses a new connection, which is closed at the end even when the answer was not read.
 *
 * @throws JwksFetchError and nothing else
 */
export async function fetchJwks(request: JwksRequest): Promise<JwksAnswer> {
  const { profile, etag, timeoutMs, maxBytes, cancel } = request;
  let isLate = false;
  const cancelDeadline = startDeadline(timeoutMs, () => {
    isLate = true;
    cancel.abort();
  });
  try {
    return await readJwksAnswer(await open(request), { profile, etag, maxBytes });
  } catch (cause) {
    if (cause instanceof JwksFetchError) throw cause;
    if (isLate) throw new JwksFetchError('timeout', `nothing whole within ${timeoutMs} ms`, { cause });
    throw new JwksFetchError('network', 'no connection, or one that broke', { cause });
  } finally {
    cancelDeadline();
    cancel.abort();
  }
}

// Does not use the global fetch. When fetch is aborted during connecting, it keeps the connection and the process open for
// 10 s more.
function open({ url, etag, cancel }: JwksRequest): Promise<IncomingMessage> {
  const headers = {
    Accept: 'application/jwk-set+json, application/json',
    'Accept-Encoding': 'gzip',
    // A cache on the way must ask the issuer: it must not keep a revoked key (RFC 9111 §5.2.1.1).
    'Cache-Control': 'max-age=0',
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
  };
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false, signal: cancel.signal }, resolve)
      .on('error', reject)
      // After an unexpected 101 there is neither an answer nor an error.
      .on('close', () => reject(new Error('closed without an answer')));
  });
}
