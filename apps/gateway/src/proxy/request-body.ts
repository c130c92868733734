import type { IncomingMessage } from 'node:http';
import { Problem } from '@auth/http';
import { ClientLeft } from './request.ts';
import type { Share, Shares } from './shares.ts';

/** Whether a request has a body, by what its headers say (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && Number(length) > 0;
}

export interface RequestBodyOptions {
  readonly maxBytes: number;
  /** How long the whole body may take. */
  readonly timeoutMs: number;
  /** The bound for incomplete bodies. */
  readonly shares: Shares;
  /** Whose share it is. */
  readonly client: string;
}

/**
 * Reads the whole body of a request, so that nothing of its service is taken while a client sends it.
 *
 * Rejects with payload_too_large beyond `maxBytes`, request_timeout when it takes too long or its share is taken, and
 * ClientLeft. What is left of the body is then thrown away, so that the connection can be answered.
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
    const timer = setTimeout(() => fail(tooSlow(`not whole within ${timeoutMs} ms`)), timeoutMs);
    req.on('data', take).once('end', end).once('close', close);
    share = shares.take(client, () => fail(tooSlow('too many bodies at a time that are not whole')));
  });
}

/**
 * Counts the body of a request that another part reads among those that hold a share, until it is whole. The connection ends
 * when the share is taken.
 */
export function holdBody(
  req: IncomingMessage,
  { shares, client }: Pick<RequestBodyOptions, 'shares' | 'client'>,
): void {
  const share = shares.take(client, () => req.socket.destroy());
  req.once('end', share.release).once('close', share.release);
}

/** The rest of the body may never come: the connection cannot take another request (RFC 9110 §15.5.9). */
function tooSlow(reason: string): Problem {
  return new Problem('request_timeout', { headers: { Connection: 'close' }, reason });
}
