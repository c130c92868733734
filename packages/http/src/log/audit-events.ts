import { currentContext, type RequestContext } from '../request/request-context.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Log } from './log.ts';

/** An audit event and its outcome. Both come from closed sets, since they are labels of a metric. */
interface AuditEvent {
  readonly event: string;
  readonly outcome: string;
}

/** The facts about a request that the line of an event contains. */
type AuditContext = Pick<RequestContext, 'requestId' | 'traceId' | 'addressPrefix'>;

/**
 * Creates an audit trail: one log line `{ audit, requestId, traceId }` and one count per event. The line also has the
 * approximate origin of the request (`addressPrefix`): the current request unless given. The caller must leave secrets
 * and e-mail addresses out of an event.
 */
export function auditEvents<E extends AuditEvent>(options: {
  log: Log;
  metrics: Metrics;
  /** Name of the metric, such as `auth_account_events_total`. */
  metric: string;
  help: string;
}): (event: E, within?: AuditContext) => void {
  // The trail must be complete, so LOG_LEVEL does not apply to it.
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
