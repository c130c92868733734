import type { Request } from 'express';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { contextOf } from './request-context.ts';

/** A decision about another service's call; `caller` is absent while nobody is authenticated. */
export interface CallDecision {
  readonly decision: 'allow' | 'deny';
  readonly operation: string;
  readonly caller?: string | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** Logs (and counts) each decision about another service's call as one line: who called what, and was it allowed. */
export function auditCalls({
  log,
  metrics,
}: {
  log: Log;
  metrics?: Metrics;
}): (decision: CallDecision, req: Request) => void {
  return (audit, req) => {
    const { requestId, traceId } = contextOf(req);
    metrics?.countVerification('service', audit.code ?? 'accepted');
    const { decision, operation, caller = 'unknown', reason } = audit;
    const why = reason === undefined ? '' : ` (${reason})`;
    log.info({ audit, requestId, traceId }, `${decision} ${caller} -> ${operation}${why}`);
  };
}
