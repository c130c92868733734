import type { Log, Metrics } from '@auth/http';
import { type KeyRing, type KeySource, obstacleWords, openKeyRing } from '@auth/keys';

export interface OpenKeysOptions {
  readonly service: string;
  readonly source: KeySource;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Opens the key document of a service and reports its reloads in the log and in metrics: key ids only, never a key. */
export async function openKeys({ service, source, log, metrics, now }: OpenKeysOptions): Promise<KeyRing> {
  const countReload = metrics.counter('auth_key_reloads_total', 'Changed key documents by outcome.', ['outcome']);
  const keys = await openKeyRing({
    service,
    source,
    now,
    onReloaded({ added, removed }) {
      countReload({ outcome: 'applied' });
      log.info({ added, removed }, 'key document reloaded');
    },
    onRefused({ message }) {
      countReload({ outcome: 'refused' });
      log.error({ reason: message }, 'key document refused, the last good one stays in force');
    },
    onObstacle(obstacle) {
      // `replaced` means that this process still reads the old file, so a revoked key may still be accepted: an error.
      // Other obstacles are warnings.
      log[obstacle === 'replaced' ? 'error' : 'warn']({ delivery: obstacle }, obstacleWords[obstacle]);
    },
  });
  metrics.gauges(
    'auth_key_document_delivery',
    'How a changed key document reaches this process: watched, or why it does not.',
    ['state'],
    () => [{ labels: { state: keys.delivery() }, value: 1 }],
  );
  return keys;
}
