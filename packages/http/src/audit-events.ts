import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { RequestContext } from './request-context.ts';
import { currentContext } from './request-context.ts';

/** Something that happened and must be found again: what, and how it ended. Closed sets, since they are counted. */
export interface AuditEvent {
  readonly event: string;
  readonly outcome: string;
}

/** What an event's line says of the request that it happened in. */
export type AuditContext = Pick<RequestContext, 'requestId' | 'traceId' | 'addressPrefix'>;

/**
 * Keeps a trail of events: one line `{ audit, requestId, traceId }` and one count each. The line says what the event says
 * and roughly where the request came from that it happened in (`addressPrefix`): the current one unless given. Whoever
 * tells of an event leaves secrets and e-mail addresses out of it.
 */
export function auditEvents<E extends AuditEvent>(options: {
  log: Log;
  metrics: Metrics;
  /** Name of the metric, such as `auth_account_events_total`. */
  metric: string;
  help: string;
}): (event: E, within?: AuditContext) => void {
  // A trail with holes is none: LOG_LEVEL is about the rest.
  const trail = options.log.child({}, { level: 'info' });
  const count = options.metrics.counter(options.metric, options.help, ['event', 'outcome']);
  return (audit, within = currentContext()) => {
    const { event, outcome } = audit;
    count({ event, outcome });
    const { requestId, traceId, addressPrefix } = within ?? {};
    const from = { addressPrefix: addressPrefix?.() };
    trail.info({ audit: { ...audit, ...from }, requestId, traceId }, `${event} ${outcome}`);
  };
}
