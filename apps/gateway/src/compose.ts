import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable } from '@auth/db/errors';
import type { GatewayDb } from '@auth/db/gateway';
import { openLeader } from '@auth/db/leader';
import {
  addressBlock,
  addressPrefix,
  auditEvents,
  clientAddressBehind,
  nameRequest,
  outgoingHeaders,
} from '@auth/http';
import type { AppParts, Composition, ServiceParts } from '@auth/service';
import { AuthError } from '@auth/verify';
import { buildApp } from './app.ts';
import { type Authorize, createAuthorize } from './authentication/authorize.ts';
import { createIdentify } from './authentication/identify.ts';
import { createSameOrigin } from './authentication/same-origin.ts';
import { createSessionCookie } from './authentication/session-cookie.ts';
import { createClientOf } from './client.ts';
import { frontLimits, type parseConfig } from './config.ts';
import type { BreakerOptions } from './proxy/breaker.ts';
import { createCors } from './proxy/cors.ts';
import { openUpstreams, type Upstreams } from './proxy/upstreams.ts';
import { workInBackground } from './sessions/background.ts';
import { createBackgroundStore } from './sessions/background-store.ts';
import { createEndedCookies } from './sessions/ended-cookies.ts';
import { createEndedCookiesStore } from './sessions/ended-cookies-store.ts';
import { createRenewal, type Renewal } from './sessions/renewal.ts';
import { createSeal, type SealKey } from './sessions/seal.ts';
import type { SessionEvent } from './sessions/session.ts';
import { createCheckedCache, createSessionCache } from './sessions/session-cache.ts';
import { createSessionLookup } from './sessions/session-lookup.ts';
import { createSessionStore } from './sessions/session-store.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import { createUnfinished, type Unfinished } from './sessions/unfinished.ts';
import { createUserClient, mayBeDone } from './user-client.ts';

/** The configuration and the opened resources of the gateway. */
export interface Resources {
  readonly config: ReturnType<typeof parseConfig>;
  readonly db: GatewayDb;
  readonly service: AppParts &
    Pick<ServiceParts, 'redis' | 'now'> & {
      readonly keys: { current(): { readonly sessionKeys: readonly SealKey[] } };
      readonly revocations: Pick<ServiceParts['revocations'], 'revocations'>;
    };
  readonly breaker?: BreakerOptions;
  /** The timeouts of the user app for an exchange of tokens, and for a login. */
  readonly userTimes?: { readonly timeoutMs: number; readonly loginTimeoutMs: number };
  /** The interval between retries of unfinished work. */
  readonly retryMs?: number;
}

/** The gateway and those of its parts that outlive a request. */
export interface Gateway extends Composition {
  readonly sessions: Sessions;
  readonly authorize: Authorize;
  readonly renewal: Renewal;
  readonly unfinished: Unfinished;
  readonly upstreams: Upstreams;
}

/** The time for which a stopping process retries to store exchanges that the user app has made. */
const unfinishedMs = 3000;
/** The timeout of the user app for an exchange of tokens. */
const userTimeoutMs = 3000;

/**
 * Composes the gateway. In the background, the leader of its replicas does work that no request waits for, and removes
 * old rows.
 */
export function compose(resources: Resources): Gateway {
  const { config, db, service, retryMs, breaker } = resources;
  const { userTimes = { timeoutMs: userTimeoutMs, loginTimeoutMs: 15_000 } } = resources;
  const { publicOrigins, corsOrigins, trustedProxies, sessionLife: life } = config;
  const { keys, log, metrics, redis, verify, now } = service;
  const onError = (err: unknown) => {
    // @auth/db reports once that the database cannot be used.
    if (!isDatabaseUnavailable(err)) log.warn({ err }, 'work is retried later');
  };
  const store = createSessionStore(db);
  const countCacheFailure = metrics.counter('gateway_cache_failures_total', 'Calls to Redis that failed.', []);
  const endedCookies = createEndedCookiesStore(db);
  const cache =
    redis &&
    createCheckedCache({
      ended: createEndedCookies({ store: endedCookies, monotonicMs: () => performance.now(), onError }),
      cache: createSessionCache({ redis, now, onError: () => countCacheFailure({}) }),
    });
  const unfinished = createUnfinished({ ...(retryMs === undefined ? {} : { retryMs }), onError });
  metrics.gauges('gateway_unfinished', 'Writes and calls that wait for a retry.', [], () => [
    { labels: {}, value: unfinished.size },
  ]);
  const seal = createSeal(() => keys.current().sessionKeys);
  const upstreams = openUpstreams({
    origins: config.upstreams,
    connections: config.upstreamConnections,
    timeoutMs: config.upstreamTimeoutMs,
    metrics,
    ...(breaker && { breaker }),
  });
  const user = createUserClient({
    logins: upstreams.byName.user.slowBulkhead,
    baseUrl: config.upstreams.user,
    ...userTimes,
    headers: outgoingHeaders,
  });
  const { identify, revocationOf, hasEnded } = createIdentify({
    verify: verify.verify,
    revocations: service.revocations.revocations,
    isRevocation: (error) => error instanceof AuthError && error.code === 'token_revoked',
  });
  const audit = auditEvents<SessionEvent>({
    log,
    metrics,
    metric: 'gateway_session_events_total',
    help: 'Events of sessions, by outcome.',
  });
  const shared = { store, cache, seal, identify, unfinished, audit, now, onError };
  const sessions = createSessions({ ...shared, logIn: user.logIn, logOut: user.logOut, hasEnded, life });
  const { drop, notify } = sessions;
  const renewal = createRenewal({
    ...shared,
    refresh: user.refresh,
    mayBeDone,
    end: drop,
    wait: (ms) => delay(ms),
    leaseSeconds: userTimeoutMs / 1000 + 1,
  });
  const cookie = createSessionCookie({ secure: config.secureCookie, port: config.publicPort });
  const sameOrigin = createSameOrigin({ own: publicOrigins, trusted: corsOrigins });
  const find = createSessionLookup({ store, cache, life, now, onError });
  const clientAddress = clientAddressBehind(trustedProxies);
  const clientOf = createClientOf({ clientAddress, addressBlock, addressPrefix, nameRequest });
  const authorize = createAuthorize({ cookie, sameOrigin, find, renewal, seal, revocationOf, drop, clientOf });
  const { resume } = renewal;
  const background = { store: createBackgroundStore(db), life, hasEnded, now, onError, drop, notify, resume };
  return {
    sessions,
    authorize,
    renewal,
    unfinished,
    upstreams,
    app: buildApp({
      ...service,
      sessions,
      authorize,
      cookie,
      isReplaced: endedCookies.isReplaced,
      sameOrigin,
      cors: createCors(corsOrigins),
      pageFolder: config.pageFolder,
      upstreams,
      clientOf,
      trustedProxies,
      publicOrigin: publicOrigins[0] ?? '',
      maxBodyBytes: config.maxBodyBytes,
    }),
    details: () => ({ sessionIdleSeconds: life.idleSeconds }),
    limits: frontLimits(config),
    startBackground() {
      const leader = openLeader({
        url: config.database.url,
        duty: 'gateway background',
        lead: ({ signal, wait }) => workInBackground(background, { signal, wait }),
        onError: (err) => log.warn({ err }, 'not the leader of the background work'),
      });
      return {
        async close() {
          await leader.close();
          await renewal.close();
          await unfinished.close(unfinishedMs);
          await upstreams.close();
        },
      };
    },
  };
}
