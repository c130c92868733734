import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '@auth/contracts';
import { allScopes } from '@auth/contracts/grants';
import { isDatabaseUnavailable } from '@auth/db/errors';
import { openLeader } from '@auth/db/leader';
import type { UserDb } from '@auth/db/user';
import { auditEvents } from '@auth/http';
import type { KeyRing } from '@auth/keys';
import { signingOf } from '@auth/keys';
import type { AppParts, Composition, ServiceParts } from '@auth/service';
import type { AccountEvent } from './accounts/account-event.ts';
import { createAccountStore } from './accounts/account-store.ts';
import { createAccounts } from './accounts/accounts.ts';
import { createAsActor } from './accounts/actor-store.ts';
import { createUserAdminStore } from './accounts/rights-store.ts';
import { createUserAdmin } from './accounts/user-admin.ts';
import { buildApp } from './app.ts';
import type { RemovedFrom } from './cleanup.ts';
import { cleanUp } from './cleanup.ts';
import { createCleanupStore } from './cleanup-store.ts';
import type { parseConfig } from './config.ts';
import { oldestJwksSeconds } from './discovery-handlers.ts';
import { cutOffChannel } from './feed/cut-off-store.ts';
import type { FeedStatus } from './feed/feed.ts';
import { createFeedStatus, publishCutOffs } from './feed/feed.ts';
import { createOutboxStore, oldestUnpublished } from './feed/outbox-store.ts';
import type { LimitResources } from './limits/compose.ts';
import { composeLimits } from './limits/compose.ts';
import type { Delay } from './limits/slow-down.ts';
import { createPasswordChange } from './passwords/password-change.ts';
import { createPasswordStore } from './passwords/password-store.ts';
import { createPasswords } from './passwords/passwords.ts';
import { createRehash } from './passwords/rehash.ts';
import type { WorkQueue } from './passwords/work-queue.ts';
import { createWorkQueue } from './passwords/work-queue.ts';
import { createRefresh } from './sessions/refresh.ts';
import { createRefreshStore } from './sessions/refresh-store.ts';
import { createSessionStore } from './sessions/session-store.ts';
import { createSessions } from './sessions/sessions.ts';
import { createTokenIssuer } from './sessions/tokens.ts';

type Config = ReturnType<typeof parseConfig>;

/** The opened resources that the user app uses. */
export interface Resources {
  readonly config: Config;
  readonly db: UserDb;
  readonly service: AppParts & Pick<ServiceParts, 'redis' | 'now'> & { readonly keys: Pick<KeyRing, 'current'> };
  /** The queue of password hashes. By default its concurrency follows from the processors and the settings. */
  readonly queue?: WorkQueue;
  /** Delays a login to an account under attack, by a timer by default. */
  readonly slowDown?: Delay;
  readonly countTimes?: LimitResources['countTimes'];
}

/** How long after the begin of its term a leader begins to clean up. */
const cleanUpAfterMs = 5000;

/** Composes the user app. In the background the leader among its replicas publishes revocations and removes old rows. */
export function compose(resources: Resources): Composition {
  const { jwksMaxAgeSeconds, accessTokenSeconds } = resources.config;
  let status: FeedStatus | undefined;
  return {
    app: composeApp(resources),
    details: () => ({
      jwksMaxAgeSeconds: oldestJwksSeconds(jwksMaxAgeSeconds),
      accessTokenSeconds,
      feed: status?.details(),
    }),
    startBackground() {
      status = openFeedStatus(resources);
      return openBackground(resources, status);
    },
  };
}

function composeApp(resources: Resources): Composition['app'] {
  const { config, db, service, queue = openQueue(config), slowDown = wait, countTimes } = resources;
  const { issuer, keys, log, metrics, now } = service;
  const { jwksMaxAgeSeconds, sessionLife: life } = config;
  metrics.gauge('password_jobs', 'Password hashes by state.', 'state', () => ({ ...queue.stats() }));
  const passwords = createPasswords({
    cost: config.bcryptCost,
    form: config.passwordHashForm,
    queue,
    onUnreadable: () => log.warn('a stored password hash cannot be read: its account cannot log in'),
  });
  const tokens = createTokenIssuer({
    issuer,
    clientId: config.clientId,
    lifetimeSeconds: config.accessTokenSeconds,
    signingKey: () => signingOf(keys.current()).active,
  });
  const audit = auditEvents<AccountEvent>({
    log,
    metrics,
    metric: 'auth_account_events_total',
    help: 'Events of accounts and sessions, by outcome.',
  });
  const { knownGuesses, limits } = composeLimits({
    settings: config.limits,
    delay: slowDown,
    db,
    service,
    audit,
    countTimes,
  });
  const asActor = createAsActor(db);
  const passwordStore = createPasswordStore(db, asActor);
  return buildApp({
    ...service,
    accounts: createAccounts({ store: createAccountStore(db, asActor), passwords, audit }),
    changePassword: createPasswordChange({ store: passwordStore, passwords, audit, now }),
    sessions: createSessions({
      store: createSessionStore(db, { asActor, maxPerAccount: config.sessionsPerAccount }),
      ...createRefresh({
        store: createRefreshStore(db),
        graceSeconds: config.refreshGraceSeconds,
        limit: config.refreshLimit,
        tokens,
        life,
        audit,
        now,
      }),
      rehash: createRehash({ passwords, store: passwordStore, audit }),
      knownGuesses,
      audience: services,
      passwords,
      tokens,
      life,
      audit,
      now,
    }),
    admin: createUserAdmin({ store: createUserAdminStore(db), audit, now }),
    limits,
    registration: config.registration,
    trustedProxies: config.trustedProxies,
    discovery: { issuer, jwks: () => signingOf(keys.current()).jwks, jwksMaxAgeSeconds, scopes: allScopes },
  });
}

function openQueue({ threads, passwordQueueMax: capacity }: Config): WorkQueue {
  return createWorkQueue({ concurrency: Math.max(1, Math.min(availableParallelism() - 1, threads - 1)), capacity });
}

function openFeedStatus({ config, db, service: { log, metrics, now } }: Resources): FeedStatus {
  const { url } = config.revocations;
  return createFeedStatus({
    oldestUnpublished: async () => (url === undefined || url === 'none' ? 0 : oldestUnpublished(db)),
    gauge: (name, help, read) => metrics.gauges(name, help, [], () => [{ labels: {}, value: read() }]),
    ...{ log, now },
  });
}

function openBackground({ config, db, service }: Resources, status: FeedStatus): { close(): Promise<void> } {
  const { issuer, keys, log, metrics, now } = service;
  const countRemoved = metrics.counter('user_rows_removed_total', 'Rows removed in the background.', ['table']);
  const cleanup = {
    ...{ store: createCleanupStore(db), life: config.sessionLife, now },
    onRemoved: (table: RemovedFrom, rows: number) => countRemoved({ table }, rows),
    onError(err: unknown, table: RemovedFrom) {
      // An unavailable database is already logged by `openService`, once.
      if (!isDatabaseUnavailable(err)) log.warn({ err, table }, 'expired rows cannot be removed for now');
    },
  };
  const feed = {
    ...{ url: config.revocations.url, issuer, now, onBeat: status.beat },
    openOutbox: (term: number) => createOutboxStore({ db, term }),
    signingKey: () => signingOf(keys.current()).active,
    publishedKids: () => signingOf(keys.current()).jwks.keys.map(({ kid }) => String(kid)),
    onError: (err: unknown) => log.error({ err }, 'revocations cannot be published for now'),
  };
  const leader = openLeader({
    ...{ url: config.database.url, listenUrl: config.database.directUrl },
    ...{ duty: 'user background', channel: cutOffChannel },
    async lead(term) {
      const { signal } = term;
      status.begin(term.number);
      // The first heartbeat of the feed comes first: services wait for it when they start.
      const cleaning = wait(cleanUpAfterMs, signal).then(() =>
        cleanUp(cleanup, { signal, wait: (ms) => wait(ms, signal) }),
      );
      await Promise.all([cleaning, publishCutOffs(feed, term)]).finally(status.end);
    },
    onError: (err) => log.warn({ err }, 'trouble with the lease of the background work'),
  });
  return {
    async close() {
      await leader.close();
      await status.close();
    },
  };
}

/** Waits; resolves early when the signal is aborted. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => undefined);
}
