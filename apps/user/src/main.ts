import { createSecretKey, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '@auth/contracts';
import { isDatabaseUnavailable } from '@auth/db/errors';
import { openLeader } from '@auth/db/leader';
import { openUserDb } from '@auth/db/user';
import { auditEvents, runService } from '@auth/http';
import { signingOf } from '@auth/keys';
import { openService } from '@auth/service';
import type { AccountEvent } from './account-event.ts';
import { createAccountStore } from './account-store.ts';
import { createAccounts } from './accounts.ts';
import { buildApp } from './app.ts';
import type { RemovedFrom } from './cleanup.ts';
import { cleanUp } from './cleanup.ts';
import { createCleanupStore } from './cleanup-store.ts';
import { parseConfig } from './config.ts';
import { cutOffChannel } from './cut-off-store.ts';
import { assertNoDemoAccounts } from './demo-account-store.ts';
import { oldestJwksSeconds } from './discovery-routes.ts';
import { publishCutOffs } from './feed.ts';
import type { FeedStatus } from './feed-status.ts';
import { createFeedStatus } from './feed-status.ts';
import { allScopes } from './grants.ts';
import { openKnownGuesses } from './known-guesses.ts';
import { createPasswordHashStore } from './password-hash-store.ts';
import { createPasswords } from './passwords.ts';
import { createRateLimitStore } from './rate-limit-store.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRefresh } from './refresh.ts';
import { createRefreshStore } from './refresh-store.ts';
import { createRehash } from './rehash.ts';
import { createRelayStore, oldestUnpublished } from './relay-store.ts';
import { createSessionStore } from './session-store.ts';
import { createSessions } from './sessions.ts';
import { createTokenIssuer } from './tokens.ts';
import { createUserAdmin } from './user-admin.ts';
import { createUserAdminStore } from './user-admin-store.ts';
import { createWorkQueue } from './work-queue.ts';

/** How long a process leads before it begins to clean up. */
const cleanUpAfterMs = 5000;

await runService(process, 'user', async (env) => {
  const config = parseConfig(env);
  const db = openUserDb(config.database);
  let status: FeedStatus | undefined;
  const { jwksMaxAgeSeconds, accessTokenSeconds, clientId, sessionLife: life, refreshGraceSeconds } = config;
  const details = () => ({
    ...{ jwksMaxAgeSeconds: oldestJwksSeconds(jwksMaxAgeSeconds), accessTokenSeconds, feed: status?.details() },
  });
  const service = await openService({ service: 'user', config, database: db });
  await assertNoDemoAccounts(db, config);
  const { issuer, keys, log, metrics, now } = service;
  const concurrency = Math.max(1, Math.min(availableParallelism() - 1, config.threads - 1));
  const queue = createWorkQueue({ concurrency, capacity: config.passwordQueueMax });
  metrics.gauge('password_jobs', 'Password hashes by state.', 'state', () => ({ ...queue.stats() }));
  const passwords = createPasswords({
    ...{ cost: config.bcryptCost, form: config.passwordHashForm, queue },
    onUnreadable: () => log.warn('a stored password hash cannot be read: its account cannot log in'),
  });
  const tokens = createTokenIssuer({
    issuer,
    clientId,
    lifetimeSeconds: accessTokenSeconds,
    signingKey: () => signingOf(keys.current()).active,
  });
  const accountAudit = auditEvents<AccountEvent>({
    ...{ log, metrics, metric: 'auth_account_events_total' },
    help: 'What happened to accounts and sessions, by outcome.',
  });
  const countFallback = metrics.counter('rate_limit_fallbacks_total', 'Times that tries were counted in memory.', []);
  const limitStore = createRateLimitStore({
    ...{ ask: db.ask, redis: service.redis, timeoutMs: 1000, retryAfterMs: 5000 },
    onFallback(err) {
      countFallback({});
      // Of its own state the database tells, once.
      if (!isDatabaseUnavailable(err)) log.warn({ err }, 'tries are counted in memory for now');
    },
  });
  // Replicas share the key. Without one in the key document each process has its own.
  const guessKey = keys.current().auditKey ?? createSecretKey(randomBytes(32));
  const knownGuesses = openKnownGuesses(limitStore, { ...config.limits, key: guessKey });
  const limits = createRateLimits({
    ...{ store: limitStore, settings: config.limits, audit: accountAudit },
    knownGuesses: knownGuesses.ofRefreshes,
    delay: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  });
  const rehash = createRehash({ passwords, store: createPasswordHashStore(db), audit: accountAudit });
  const store = createSessionStore(db, { maxPerAccount: config.sessionsPerAccount });
  const refreshing = createRefresh({
    store: createRefreshStore(db),
    tokens,
    life,
    graceSeconds: refreshGraceSeconds,
    limit: config.refreshLimit,
    audit: accountAudit,
    now,
  });
  const app = buildApp({
    ...service,
    accounts: createAccounts({ store: createAccountStore(db), passwords, audit: accountAudit }),
    sessions: createSessions({
      ...{ store, ...refreshing, passwords, rehash, tokens, audience: services, life, now },
      knownGuesses: knownGuesses.ofLogins,
      audit: accountAudit,
    }),
    admin: createUserAdmin({ store: createUserAdminStore(db), audit: accountAudit, now }),
    ...{ limits, registration: config.registration, trustedProxies: config.trustedProxies },
    discovery: { issuer, jwks: () => signingOf(keys.current()).jwks, jwksMaxAgeSeconds, scopes: allScopes },
  });
  const countRemoved = metrics.counter('user_rows_removed_total', 'Rows removed in the background.', ['table']);
  const cleanup = {
    ...{ store: createCleanupStore(db), life, now },
    onRemoved: (table: RemovedFrom, rows: number) => countRemoved({ table }, rows),
    onError(err: unknown, table: RemovedFrom) {
      // Of its own state the database tells, once.
      if (!isDatabaseUnavailable(err)) log.warn({ err, table }, 'rows that are over cannot be removed for now');
    },
  };
  const { url } = config.revocations;
  status = createFeedStatus({
    oldestUnpublished: async () => (url === undefined || url === 'none' ? 0 : oldestUnpublished(db)),
    gauge: (name, help, read) => metrics.gauges(name, help, [], () => [{ labels: {}, value: read() }]),
    ...{ log, now },
  });
  const feed = {
    ...{ url, issuer, now, onBeat: status.beat },
    openStore: (term: number) => createRelayStore({ db, term }),
    signingKey: () => signingOf(keys.current()).active,
    publishedKids: () => signingOf(keys.current()).jwks.keys.map(({ kid }) => String(kid)),
    onError: (err: unknown) => log.error({ err }, 'revocations cannot be published for now'),
  };
  const { begin, end, close } = status;
  const background = openLeader({
    ...{ url: config.database.url, listenUrl: config.database.directUrl },
    ...{ duty: 'user background', channel: cutOffChannel },
    async lead(term) {
      const { signal } = term;
      const wait = (ms: number) => delay(ms, undefined, { signal }).catch(() => undefined);
      begin(term.number);
      // The first heartbeat of the feed comes first: services wait for it when they start.
      const cleaning = wait(cleanUpAfterMs).then(() => cleanUp(cleanup, { signal, wait }));
      await Promise.all([cleaning, publishCutOffs(feed, term)]).finally(end);
    },
    onError: (err) => log.warn({ err }, 'trouble with the lease of the background work'),
  });
  return service.serve({
    ...{ app, details },
    startBackground: () => ({
      async close() {
        await background.close();
        await close();
      },
    }),
  });
});
