import { createSecretKey, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { services } from '@auth/contracts';
import { openLeader } from '@auth/db/leader';
import { openUserDb } from '@auth/db/user';
import { auditEvents, runService } from '@auth/http';
import { signingOf } from '@auth/keys';
import { openService, reconnectIfSilent } from '@auth/service';
import type { AccountEvent } from './account-event.ts';
import { createAccountStore } from './account-store.ts';
import { createAccounts } from './accounts.ts';
import { buildApp } from './app.ts';
import type { Removed } from './cleanup.ts';
import { cleanUp } from './cleanup.ts';
import { createCleanupStore } from './cleanup-store.ts';
import { parseConfig } from './config.ts';
import { cutOffChannel } from './cut-off-store.ts';
import { assertNoDemoAccounts } from './demo-account-store.ts';
import { oldestJwksSeconds } from './discovery-routes.ts';
import { publishCutOffs } from './feed.ts';
import { allScopes } from './grants.ts';
import { openKnownGuesses } from './known-guesses.ts';
import { createPasswordHashStore } from './password-hash-store.ts';
import { createPasswords } from './passwords.ts';
import { createRateLimitStore } from './rate-limit-store.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRefresh } from './refresh.ts';
import { createRefreshStore } from './refresh-store.ts';
import { createRehash } from './rehash.ts';
import { createRelayStore } from './relay-store.ts';
import { createSessionStore } from './session-store.ts';
import { createSessions } from './sessions.ts';
import { createTokenIssuer } from './tokens.ts';
import { createUserAdmin } from './user-admin.ts';
import { createUserAdminStore } from './user-admin-store.ts';
import { createWorkQueue } from './work-queue.ts';

await runService(process, 'user', async (env) => {
  const config = parseConfig(env);
  const db = openUserDb(config.database);
  const { jwksMaxAgeSeconds, accessTokenSeconds, clientId, sessionLife: life, refreshGraceSeconds } = config;
  const details = () => ({ jwksMaxAgeSeconds: oldestJwksSeconds(jwksMaxAgeSeconds), accessTokenSeconds });
  const service = await openService({ service: 'user', config, database: db, details });
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
    ...{ client: db.client, redis: service.redis, timeoutMs: 1000, retryAfterMs: 5000 },
    onFallback(err) {
      reconnectIfSilent(service.redis, err);
      countFallback({});
      log.warn({ err }, 'tries are counted in memory for now');
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
  const store = createSessionStore(db);
  const refresh = createRefresh({
    store: createRefreshStore(db),
    tokens,
    life,
    graceSeconds: refreshGraceSeconds,
    audit: accountAudit,
    now,
  });
  const app = buildApp({
    ...service,
    accounts: createAccounts({ store: createAccountStore(db), passwords, audit: accountAudit }),
    sessions: createSessions({
      ...{ store, refresh, passwords, rehash, tokens, audience: services, life, now },
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
    onRemoved: (removed: Removed) => {
      for (const [table, rows] of Object.entries(removed)) countRemoved({ table }, rows);
    },
    onTrouble: (err: unknown) => log.warn({ err }, 'nothing was removed this time'),
  };
  const feed = {
    ...{ url: config.revocations.url, store: createRelayStore(db), issuer, now },
    signingKey: () => signingOf(keys.current()).active,
    onTrouble: (err: unknown) => log.warn({ err }, 'cut-offs could not be published for now'),
  };
  const background = openLeader({
    ...{ url: config.database.url, duty: 'user background', channel: cutOffChannel },
    lead: async (term) => {
      const { signal } = term;
      const wait = (ms: number) => delay(ms, undefined, { signal }).catch(() => undefined);
      await Promise.all([cleanUp(cleanup, { signal, wait }), publishCutOffs(feed, term)]);
    },
    onError: (err) => log.warn({ err }, 'not in charge of the background work'),
  });
  return service.serve(app, background);
});
