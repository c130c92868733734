import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Problem } from '@auth/http';
import { ClientLeft } from './exchange.ts';

/** Whether a request has a body, by what its headers say (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && Number(length) > 0;
}

/**
 * The body of a request as a stream that can be destroyed without ending the client's connection: it has yet to be
 * answered. What nobody reads is thrown away, so that the connection can take the next request.
 *
 * Fails with payload_too_large beyond `maxBytes`, and when the client leaves in the middle.
 */
export function requestBody(req: IncomingMessage, { maxBytes }: { maxBytes: number }): Readable {
  let bytes = 0;
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) body.destroy(new Problem('payload_too_large'));
    else if (!body.push(chunk)) req.pause();
  };
  const end = () => {
    body.push(null);
  };
  const close = () => {
    if (!req.complete) body.destroy(new ClientLeft());
  };
  const body = new Readable({
    read() {
      req.resume();
    },
    destroy(error, done) {
      req.off('data', take).off('end', end).off('close', close).resume();
      done(error);
    },
  });
  // Whoever reads it is told; when nobody does any more, nobody needs to be.
  body.on('error', () => undefined);
  req.on('data', take).once('end', end).once('close', close).pause();
  return body;
}
