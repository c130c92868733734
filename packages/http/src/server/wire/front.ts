import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { followRequest, noteProblem } from '../../log/request-log.ts';
import { Problem } from '../../problem/problem.ts';
import { sendProblem } from '../../problem/problem-response.ts';
import { nameRequest } from '../../request/request-context.ts';
import { createBrokenRequests, type WireRecord } from './broken-request.ts';
import type { Connections } from './connections.ts';
import { requestFault } from './request-fault.ts';

/**
 * Serves an app behind the rules for every request (`requestFault`). A request that breaks a rule gets a problem, one
 * log line and one count. Its connection is closed after the answer: what follows on it cannot be trusted.
 */
export function serveBehindFront(
  server: Server,
  app: RequestListener,
  { connections, ...record }: { connections: Connections } & WireRecord,
): void {
  const serve: RequestListener = (req, res) => {
    if (!connections.requested(res)) return;
    const problem = requestFault(req);
    if (problem === undefined) {
      app(req, res);
      return;
    }
    connections.refused(req.socket);
    refuse(req, res, problem, record);
  };
  server.on('connection', connections.opened);
  server.on('request', serve);
  server.on('checkContinue', (req, res) => {
    if (requestFault(req) === undefined) res.writeContinue();
    serve(req, res);
  });
  // Otherwise Node would answer 417 itself, with an empty body.
  server.on('checkExpectation', serve);
  // An origin server has no tunnels (RFC 9110 §9.3.6). Node gives the bare socket here, without a `ServerResponse`.
  server.on('connect', (req: IncomingMessage, socket: Socket) => refuseConnect(req, socket, record));
  server.on('clientError', createBrokenRequests(connections, record));
}

function refuse(req: IncomingMessage, res: ServerResponse, problem: Problem, record: WireRecord): void {
  const { requestId } = nameRequest(req);
  noteProblem(req, problem);
  followRequest(req, res, { ...record, facts: { route: 'unmatched' } });
  res.setHeader('Connection', 'close');
  res.setHeader('X-Request-Id', requestId);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  sendProblem(res, problem, requestId);
}

function refuseConnect(req: IncomingMessage, socket: Socket, record: WireRecord): void {
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  // Node does this by itself only for a response that its server created.
  res.once('finish', () => {
    res.emit('close');
    socket.end();
  });
  refuse(req, res, new Problem('not_implemented', { reason: 'connect' }), record);
}
