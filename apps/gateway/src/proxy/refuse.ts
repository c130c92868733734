import type { Socket } from 'node:net';
import { noteProblem, Problem } from '@auth/http';
import { BreakerOpen } from './breaker.ts';
import { BulkheadFull } from './bulkhead.ts';
import { ClientLeft, type ProxyRequest } from './request.ts';
import { UpstreamFailure } from './upstream-failure.ts';
import type { Upstream } from './upstreams.ts';

/**
 * Answers a request in place of its service, whatever the reason. Every refusal of the proxy goes through this function:
 * it counts a failure of the service, closes the connection where the error requires that, and has the app of the gateway
 * write the problem and the reason in the log line. A client that left gets no answer.
 */
export function refuse(request: ProxyRequest, error: unknown): void {
  const { req, res, service, parts, left } = request;
  if (left || error instanceof ClientLeft) return;
  const problem = problemOf(error, service);
  if (problem instanceof Problem && problem.headers['Connection'] === 'close') closeAfter(req.socket);
  parts.answerError(req, res, problem);
}

/** Notes an answer of a service that broke off, in its count and in the log line: the client already has a part of it. */
export function noteBrokenOff({ req, service }: ProxyRequest, { code, reason }: UpstreamFailure): void {
  service.countFailure(code);
  noteProblem(req, new Problem(code, { reason: `broke off: ${reason}` }));
}

/** Converts failures of a service to problems and counts them. Other errors are left to the app. */
function problemOf(error: unknown, service: Upstream): unknown {
  if (error instanceof UpstreamFailure) {
    service.countFailure(error.code);
    return new Problem(error.code, { reason: error.reason, cause: error.cause });
  }
  if (error instanceof BreakerOpen) {
    service.countFailure('breaker_open');
    return new Problem('unavailable', { reason: error.message, retryAfterSeconds: error.retryAfterSeconds });
  }
  if (error instanceof BulkheadFull) {
    service.countFailure('pool_full');
    return new Problem('unavailable', { reason: error.message, retryAfterSeconds: 1 });
  }
  return error;
}

const closing = Symbol('closing');
type MarkedSocket = Socket & { [closing]?: true };

function closeAfter(socket: MarkedSocket): void {
  socket[closing] = true;
}

/** Returns whether an earlier request was the last one of its connection: later bytes may be a part of that request. */
export function isClosing(socket: MarkedSocket): boolean {
  return socket[closing] === true;
}
