import type { Request } from 'express';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { contextOf, elapsedMs } from './request-context.ts';

/** A decision about another service's call; `caller`, `kid` and `jti` are absent while nobody is authenticated. */
export interface CallDecision {
  readonly decision: 'allow' | 'deny';
  /** From the map of operations, or `unmatched`. */
  readonly operation: string;
  readonly caller?: string | undefined;
  readonly kid?: string | undefined;
  readonly jti?: string | undefined;
  /** The `sub` of the user it is made for. */
  readonly user?: string | undefined;
  /** What the caller is told of a refusal, and why it was refused: closed sets. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** Told of each decision when it is made. */
export type Audit = (decision: CallDecision, req: Request) => void;

export interface AuditCallsOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  /** The name under which a user stands in the ledger, from `createUserHash`. Without one no user stands there. */
  readonly hashUser?: (sub: string) => string | undefined;
}

/**
 * Keeps the ledger of service calls: one line and one count per decision. Who called what for whom, was it allowed and
 * why not, and how long that took from the start of the request. Never a token, never the `sub` itself.
 */
export function auditCalls({ log, metrics, hashUser }: AuditCallsOptions): Audit {
  // A ledger with holes is none: LOG_LEVEL is about the rest.
  const ledger = log.child({}, { level: 'info' });
  return ({ decision, operation, caller, kid, jti, user, code, reason }, req) => {
    const { requestId, traceId } = contextOf(req);
    const outcome = decision === 'allow' ? 'accepted' : code;
    if (outcome !== undefined) metrics.countVerification('service', outcome);
    const who = caller ?? 'unknown';
    metrics.countCall({ operation, caller: who, decision, reason: reason ?? 'none' });
    const why = reason === undefined ? '' : ` (${reason})`;
    const hashed = user === undefined ? undefined : hashUser?.(user);
    const audit = { decision, code, reason, operation, caller, kid, jti, user: hashed, ms: elapsedMs(req) };
    ledger.info({ audit, requestId, traceId }, `${decision} ${who} -> ${operation}${why}`);
  };
}
