import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '@auth/db/errors';
import { openLeader } from '@auth/db/leader';
import type { UserDb } from '@auth/db/user';
import { type KeyRing, signingOf } from '@auth/keys';
import type { AppParts, ServiceParts } from '@auth/service';
import type { parseConfig } from '../config.ts';
import { cutOffChannel } from '../feed/cut-off-store.ts';
import { createFeedStatus, type FeedStatus, publishCutOffs } from '../feed/feed.ts';
import { createOutboxStore, oldestUnpublished } from '../feed/outbox-store.ts';
import { cleanUp } from './cleanup.ts';
import { createCleanupStore } from './cleanup-store.ts';

/** How long after the begin of its term a leader begins to clean up. */
const cleanUpAfterMs = 5000;

/** The resources that the background work uses. */
export interface BackgroundResources {
  readonly config: Pick<ReturnType<typeof parseConfig>, 'database' | 'revocations' | 'sessionLife'>;
  readonly db: UserDb;
  readonly service: Pick<AppParts, 'issuer' | 'log' | 'metrics'> &
    Pick<ServiceParts, 'now'> & { readonly keys: Pick<KeyRing, 'current'> };
}

export interface Background {
  /** Returns the status of the feed for `/readyz?verbose`. */
  details(): Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Opens the work of the leader among the replicas: it publishes revocations and removes expired rows. */
export function openBackground({ config, db, service }: BackgroundResources): Background {
  const { issuer, keys, log, now } = service;
  const status = openFeedStatus({ config, db, service });
  const cleanup = openCleanup({ config, db, service });
  const feed = {
    url: config.revocations.url,
    issuer,
    now,
    openOutbox: (term: number) => createOutboxStore({ db, term }),
    signingKey: () => signingOf(keys.current()).active,
    publishedKids: () => signingOf(keys.current()).jwks.keys.map(({ kid }) => String(kid)),
    onBeat: status.beat,
    onError: (err: unknown) => log.error({ err }, 'revocations cannot be published for now'),
  };
  const leader = openLeader({
    url: config.database.url,
    listenUrl: config.database.directUrl,
    duty: 'user background',
    channel: cutOffChannel,
    async lead(term) {
      const { signal } = term;
      status.begin(term.number);
      // The first heartbeat of the feed comes first: services wait for it when they start.
      const cleaning = wait(cleanUpAfterMs, signal).then(() => cleanup(signal));
      await Promise.all([cleaning, publishCutOffs(feed, term)]).finally(status.end);
    },
    onError: (err) => log.warn({ err }, 'the lease of the background work failed'),
  });
  return {
    details: () => status.details(),
    async close() {
      await leader.close();
      await status.close();
    },
  };
}

function openFeedStatus({ config, db, service: { log, metrics, now } }: BackgroundResources): FeedStatus {
  const { url } = config.revocations;
  return createFeedStatus({
    oldestUnpublished: async () => (url === undefined || url === 'none' ? 0 : oldestUnpublished(db)),
    gauge: (name, help, read) => metrics.gauges(name, help, [], () => [{ labels: {}, value: read() }]),
    log,
    now,
  });
}

function openCleanup({ config, db, service: { log, metrics, now } }: BackgroundResources) {
  const countRemoved = metrics.counter('user_rows_removed_total', 'Rows removed in the background.', ['table']);
  const options: Parameters<typeof cleanUp>[0] = {
    store: createCleanupStore(db),
    life: config.sessionLife,
    now,
    onRemoved: (table, rows) => countRemoved({ table }, rows),
    onError(err, table) {
      // An unavailable database is already logged by `openService`, once.
      if (!isDatabaseUnavailable(err)) log.warn({ err, table }, 'expired rows cannot be removed for now');
    },
  };
  return (signal: AbortSignal) => cleanUp(options, { signal, wait: (ms) => wait(ms, signal) });
}

/** Waits; resolves early when the signal is aborted. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => undefined);
}
