import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../../log/log.ts';
import { noteSocketAnswer } from '../../log/request-log.ts';
import { Problem } from '../../problem/problem.ts';
import { problemBytes } from '../../problem/problem-response.ts';
import { nameRequest } from '../../request/request-context.ts';
import type { Metrics } from '../metrics.ts';
import type { Connections } from './connections.ts';

/** The log and the metrics for requests that reach no app. */
export interface WireRecord {
  readonly log?: Log | undefined;
  readonly metrics?: Metrics | undefined;
}

/** An error of Node's parser, or of its time limits. */
interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/**
 * How long the client may keep sending after its answer, in ms. Closing at once would reset the connection, and the
 * answer could be lost (RFC 9112 §9.6).
 */
const lingerMs = 1000;

/**
 * Creates the listener for `clientError`: answers a request that could not be read to its end, once per connection,
 * and closes the connection. Answers to earlier requests of the connection are sent first. A request with a broken body is
 * answered in place of its handler; a request that was already answered gets no second answer.
 */
export function createBrokenRequests(connections: Connections, record: WireRecord) {
  const seen = new WeakSet<Socket>();
  return (error: ParserError, socket: Socket): void => {
    // Data after the last request of a connection is not served (RFC 9112 §9.6), and not answered.
    if (seen.has(socket) || error.code === 'HPE_CLOSED_CONNECTION') return;
    seen.add(socket);
    // The client is gone, or has sent nothing: there is no request to answer.
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) {
      socket.destroy();
      return;
    }
    const { answering, latest } = connections.on(socket);
    const failing = latest === undefined || latest.req.complete ? undefined : latest;
    const earlier = answering.filter((res) => res !== failing);
    whenClosed(earlier, () => {
      if (!socket.writable) return;
      if (failing === undefined) refuse(socket, error, record);
      else if (error.code === 'HPE_INVALID_EOF_STATE') answerHalfClosed(socket, failing, error);
      else if (!failing.headersSent) refuseInPlace(failing, error, socket);
      else whenClosed(failing.writableFinished ? [] : [failing], () => end(socket));
    });
  };
}

function refuse(socket: Socket, error: ParserError, { log, metrics }: WireRecord): void {
  const problem = problemOf(error);
  const requestId = randomUUID();
  const { status, code, reason } = problem;
  end(socket, problemBytes(problem, requestId));
  metrics?.countRequest({ method: '', route: 'unmatched', status, seconds: 0 });
  log?.info({ status, requestId, code, reason }, `unreadable request ${status}`);
}

function refuseInPlace(res: ServerResponse, error: ParserError, socket: Socket): void {
  const problem = problemOf(error);
  noteSocketAnswer(res.req, problem);
  end(socket, problemBytes(problem, nameRequest(res.req).requestId));
}

/**
 * Answers a client that closed its side in the middle of a body. Most such clients have disconnected, so the request is
 * logged as aborted; some still read the answer.
 */
function answerHalfClosed(socket: Socket, res: ServerResponse, error: ParserError): void {
  if (!res.headersSent) socket.write(problemBytes(problemOf(error), nameRequest(res.req).requestId));
  socket.destroySoon();
}

/** Half-closes the connection, then gives the client time to read the answer. */
function end(socket: Socket, last?: Buffer): void {
  if (last === undefined) socket.end();
  else socket.end(last);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('end', () => socket.destroySoon()).once('close', () => clearTimeout(timer));
}

function whenClosed(responses: readonly ServerResponse[], then: () => void): void {
  let open = responses.length;
  if (open === 0) then();
  for (const res of responses) {
    res.once('close', () => {
      open -= 1;
      if (open === 0) then();
    });
  }
}

function problemOf({ code = 'unknown', rawPacket }: ParserError): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers_too_large', { reason: code });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Problem('payload_too_large', { reason: code });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request_timeout', { reason: code });
    // The connection preface of HTTP/2 (RFC 9113 §3.4).
    case 'HPE_PAUSED_H2_UPGRADE':
      return new Problem('version_not_supported', { reason: 'http2' });
    default:
      return isTls(rawPacket)
        ? new Problem('invalid_request', { reason: 'tls', detail: 'This port speaks plain HTTP, not TLS.' })
        : new Problem('invalid_request', { reason: code, detail: 'The request is not well-formed HTTP/1.1.' });
  }
}

/** A record of the TLS handshake (RFC 8446 §5.1). */
function isTls(bytes: Buffer | undefined): boolean {
  return bytes?.[0] === 0x16 && bytes[1] === 0x03;
}
