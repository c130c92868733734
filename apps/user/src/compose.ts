import { availableParallelism } from 'node:os';
import { services } from '@auth/contracts';
import { allScopes } from '@auth/contracts/grants';
import type { UserDb } from '@auth/db/user';
import { auditEvents } from '@auth/http';
import { type KeyRing, signingOf } from '@auth/keys';
import type { AppParts, Composition, ServiceParts } from '@auth/service';
import type { AccountEvent } from './accounts/account-event.ts';
import { createAccountStore } from './accounts/account-store.ts';
import { createAccounts } from './accounts/accounts.ts';
import { createAsActor } from './accounts/actor-store.ts';
import { createUserAdminStore } from './accounts/rights-store.ts';
import { createUserAdmin } from './accounts/user-admin.ts';
import { buildApp } from './app.ts';
import { type Background, openBackground, wait } from './background/compose.ts';
import type { parseConfig } from './config.ts';
import { oldestJwksSeconds } from './discovery-handlers.ts';
import { composeLimits, type LimitResources } from './limits/compose.ts';
import type { Delay } from './limits/slow-down.ts';
import { createPasswordChange } from './passwords/password-change.ts';
import { createPasswordStore } from './passwords/password-store.ts';
import { createPasswords } from './passwords/passwords.ts';
import { createRehash } from './passwords/rehash.ts';
import { createWorkQueue, type WorkQueue } from './passwords/work-queue.ts';
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

/** Composes the user app. In the background the leader among its replicas publishes revocations and removes expired rows. */
export function compose(resources: Resources): Composition {
  const { jwksMaxAgeSeconds, accessTokenSeconds } = resources.config;
  let background: Background | undefined;
  return {
    app: composeApp(resources),
    details: () => ({
      jwksMaxAgeSeconds: oldestJwksSeconds(jwksMaxAgeSeconds),
      accessTokenSeconds,
      feed: background?.details(),
    }),
    startBackground() {
      background = openBackground(resources);
      return background;
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
