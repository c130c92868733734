import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { currentContext } from './request-context.ts';

/** Something that happened and must be found again: what, and how it ended. Closed sets, since they are counted. */
export interface AuditEvent {
  readonly event: string;
  readonly outcome: string;
}

/**
 * Keeps a trail of events: one line `{ audit, requestId, traceId }` and one count each. The line says what the event says
 * and, while a request is served, roughly where that came from (`addressPrefix`). Whoever tells of an event leaves
 * secrets and e-mail addresses out of it.
 */
export function auditEvents<E extends AuditEvent>(options: {
  log: Log;
  metrics: Metrics;
  /** Name of the metric, such as `auth_account_events_total`. */
  metric: string;
  help: string;
}): (event: E) => void {
  // A trail with holes is none: LOG_LEVEL is about the rest.
  const trail = options.log.child({}, { level: 'info' });
  const count = options.metrics.counter(options.metric, options.help, ['event', 'outcome']);
  return (audit) => {
    const { event, outcome } = audit;
    count({ event, outcome });
    const { requestId, traceId, addressPrefix } = currentContext() ?? {};
    const from = { addressPrefix: addressPrefix?.() };
    trail.info({ audit: { ...audit, ...from }, requestId, traceId }, `${event} ${outcome}`);
  };
}
