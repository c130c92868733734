import { createHmac, type KeyObject } from 'node:crypto';
import type { Request } from 'express';
import { contextOf, elapsedMs } from '../request/request-context.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Log } from './log.ts';

/** 132 bits: two users never share a name by chance. */
const LENGTH = 22;

/** A decision on a call from another service. Without an authenticated caller, `caller`, `kid` and `jti` are absent. */
export interface CallDecision {
  readonly decision: 'allow' | 'deny';
  /** From the map of operations, or `unmatched`. */
  readonly operation: string;
  readonly caller?: string | undefined;
  readonly kid?: string | undefined;
  readonly jti?: string | undefined;
  /** The `sub` of the user for whom the call is made. */
  readonly user?: string | undefined;
  /** The problem code that the caller receives, and the reason for the log. Both come from closed sets. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** Records a decision when it is made. */
export type Audit = (decision: CallDecision, req: Request) => void;

export interface AuditCallsOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Hashes the `sub` of a user for the ledger, with `createUserHash`. Without it the ledger names no user. */
  readonly hashUser?: (sub: string) => string | undefined;
}

/**
 * Creates the ledger of service calls: one log line and one count per decision. A line has caller, operation, user
 * hash, decision, reason, and the time since the start of the request in ms; never a token or the `sub` itself.
 */
export function auditCalls({ log, metrics, hashUser }: AuditCallsOptions): Audit {
  // The ledger must be complete, so LOG_LEVEL does not apply to it.
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

/**
 * Creates the function that hashes users for audit lines: the HMAC-SHA-256 of the `sub` with the service's own audit
 * key, its first 22 characters of base64url. A user has the same hash in every line of one service. Without the key, a
 * reader of the lines can neither reverse nor guess it.
 */
export function createUserHash(auditKey: KeyObject): (sub: string) => string {
  return (sub) => createHmac('sha256', auditKey).update(sub).digest('base64url').slice(0, LENGTH);
}
