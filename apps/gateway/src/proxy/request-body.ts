import type { IncomingMessage } from 'node:http';
import { Problem } from '@auth/http';
import { ClientLeft } from './request.ts';
import type { Share, Shares } from './shares.ts';

/** Returns whether a request has a body, by its headers (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && Number(length) > 0;
}

export interface RequestBodyOptions {
  readonly maxBytes: number;
  /** The time within which the whole body must come. */
  readonly timeoutMs: number;
  /** The bound for incomplete bodies. */
  readonly shares: Shares;
  /** The holder of the share: an address block. */
  readonly client: string;
}

/**
 * Reads the whole body of a request, so that the request holds no slot of its service while a client sends it.
 *
 * Rejects with payload_too_large beyond `maxBytes`, with request_timeout when the body is too slow or its share is
 * revoked, and with ClientLeft. The rest of the body is then discarded, so that the connection can be answered.
 */
export function readRequestBody(req: IncomingMessage, options: RequestBodyOptions): Promise<Buffer> {
  const { maxBytes, timeoutMs, shares, client } = options;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let share: Share | undefined;
    const stop = () => {
      clearTimeout(timer);
      share?.release();
      req.off('data', take).off('end', end).off('close', close);
    };
    const fail = (error: Error) => {
      stop();
      req.resume();
      reject(error);
    };
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes) fail(new Problem('payload_too_large'));
    };
    const end = () => {
      stop();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes));
    };
    const close = () => {
      if (!req.complete) fail(new ClientLeft());
    };
    const timer = setTimeout(() => fail(tooSlow(`incomplete after ${timeoutMs} ms`)), timeoutMs);
    req.on('data', take).once('end', end).once('close', close);
    share = shares.take(client, () => fail(tooSlow('too many incomplete bodies')));
  });
}

/**
 * Takes a share for a body that another part reads, until the body is complete. The connection is closed when the share
 * is revoked.
 */
export function holdBody(
  req: IncomingMessage,
  { shares, client }: Pick<RequestBodyOptions, 'shares' | 'client'>,
): void {
  const share = shares.take(client, () => req.socket.destroy());
  req.once('end', share.release).once('close', share.release);
}

/**
 * Creates the refusal of a slow body. The rest may never come, so the connection takes no other request (RFC 9110
 * §15.5.9).
 */
function tooSlow(reason: string): Problem {
  return new Problem('request_timeout', { headers: { Connection: 'close' }, reason });
}
