import type { IncomingMessage } from 'node:http';
import { noteProblem, Problem } from '@auth/http';
import { BreakerOpen } from './breaker.ts';
import { BulkheadFull } from './bulkhead.ts';
import { UpstreamFailure } from './upstream-failure.ts';
import type { Upstream } from './upstreams.ts';

/** What a client is told when its service was not asked or did not answer, counted; any other error as it is. */
export function failureProblem(upstream: Upstream, error: unknown): unknown {
  if (error instanceof UpstreamFailure) {
    upstream.countFailure(error.code);
    return new Problem(error.code, { reason: error.reason, cause: error.cause });
  }
  if (error instanceof BreakerOpen) {
    upstream.countFailure('breaker_open');
    return new Problem('unavailable', { reason: error.message, retryAfterSeconds: error.retryAfterSeconds });
  }
  if (error instanceof BulkheadFull) {
    upstream.countFailure('pool_full');
    return new Problem('unavailable', { reason: error.message, retryAfterSeconds: 1 });
  }
  return error;
}

/** Counts an answer that broke off, and has the log line of its request say so: there is no other way to tell. */
export function noteFailure(req: IncomingMessage, upstream: Upstream, { code, reason }: UpstreamFailure): void {
  upstream.countFailure(code);
  noteProblem(req, new Problem(code, { reason: `broke off: ${reason}` }));
}
