import { setTimeout as delay } from 'node:timers/promises';
import { gateway, issuerService } from '@auth/contracts';
import { isDatabaseUnavailable } from '@auth/db/errors';
import { openGatewayDb } from '@auth/db/gateway';
import { openLeader } from '@auth/db/leader';
import {
  addressBlock,
  addressPrefix,
  auditEvents,
  clientAddressBehind,
  nameRequest,
  outgoingHeaders,
  runService,
} from '@auth/http';
import { openService } from '@auth/service';
import { AuthError } from '@auth/verify';
import { buildApp } from './app.ts';
import { createAskerOf } from './asker.ts';
import { createAuthorize } from './authorize.ts';
import { workInBackground } from './background.ts';
import { createBackgroundStore } from './background-store.ts';
import { createCheckedCache } from './checked-cache.ts';
import { frontLimits, parseConfig } from './config.ts';
import { createCors } from './cors.ts';
import { createEndedCookies } from './ended-cookies.ts';
import { createEndedCookiesStore } from './ended-cookies-store.ts';
import { createIdentify } from './identify.ts';
import { openUpstreams } from './proxy/upstreams.ts';
import { createRenewal } from './renewal.ts';
import { createSameOrigin } from './same-origin.ts';
import { createSeal } from './seal.ts';
import type { SessionEvent } from './session.ts';
import { createSessionCache } from './session-cache.ts';
import { createSessionCookie } from './session-cookie.ts';
import { createSessionLookup } from './session-lookup.ts';
import { createSessionStore } from './session-store.ts';
import { createSessions } from './sessions.ts';
import { createUnfinished } from './unfinished.ts';
import { createUserClient, mayBeDone } from './user-client.ts';

/** How long a stopping process tries to write down what the user app has done already. */
const unfinishedMs = 3000;
/** How long the user app may take for an exchange of tokens. */
const userTimeoutMs = 3000;

await runService(process, gateway, async (env) => {
  const config = parseConfig(env);
  const { publicOrigins, corsOrigins, trustedProxies, sessionLife: life } = config;
  const db = openGatewayDb(config.database);
  const details = () => ({ sessionIdleSeconds: life.idleSeconds });
  const service = await openService({ service: gateway, audience: issuerService, config, database: db });
  const { keys, log, metrics, redis, verify, now } = service;
  const onTrouble = (err: unknown) => {
    // Of its own state the database tells, once.
    if (!isDatabaseUnavailable(err)) log.warn({ err }, 'left for later');
  };
  const store = createSessionStore(db);
  const countCacheTrouble = metrics.counter('gateway_cache_failures_total', 'Times that Redis could not be asked.', []);
  const endedCookies = createEndedCookiesStore(db);
  const cache =
    redis &&
    createCheckedCache({
      ended: createEndedCookies({ store: endedCookies, monotonicMs: () => performance.now(), onError: onTrouble }),
      cache: createSessionCache({ ...{ redis, now }, onTrouble: () => countCacheTrouble({}) }),
    });
  const unfinished = createUnfinished({ onError: onTrouble });
  metrics.gauges('gateway_unfinished', 'Writes and calls that could not be done yet.', [], () => [
    { labels: {}, value: unfinished.size },
  ]);
  const seal = createSeal(() => keys.current().sessionKeys);
  const upstreams = openUpstreams({
    ...{ origins: config.upstreams, connections: config.upstreamConnections, timeoutMs: config.upstreamTimeoutMs },
    metrics,
  });
  const user = createUserClient({
    logins: upstreams.byName.user.slowBulkhead,
    clientOf: ({ address }) => addressBlock(address),
    baseUrl: config.upstreams.user,
    timeoutMs: 3000,
    loginTimeoutMs: 15_000,
    headers: outgoingHeaders,
  });
  const { identify, revocationOf, hasEnded } = createIdentify({
    verify: verify.verify,
    revocations: service.revocations.revocations,
    isRevocation: (error) => error instanceof AuthError && error.code === 'token_revoked',
  });
  const audit = auditEvents<SessionEvent>({
    ...{ log, metrics, metric: 'gateway_session_events_total', help: 'What happened to sessions, by outcome.' },
  });
  const shared = { store, cache, seal, identify, unfinished, audit, now, onTrouble };
  const sessions = createSessions({ ...shared, logIn: user.logIn, logOut: user.logOut, hasEnded, life });
  const renewal = createRenewal({
    ...{ ...shared, refresh: user.refresh, mayBeDone, end: sessions.drop, wait: (ms) => delay(ms) },
    leaseSeconds: userTimeoutMs / 1000 + 1,
  });
  const cookie = createSessionCookie({ secure: config.secureCookie, port: config.publicPort });
  const sameOrigin = createSameOrigin({ own: publicOrigins, trusted: corsOrigins });
  const find = createSessionLookup({ store, cache, life, now, onTrouble });
  const clientAddress = clientAddressBehind(trustedProxies);
  const askerOf = createAskerOf({ clientAddress, addressPrefix, nameRequest });
  const authorize = createAuthorize({
    ...{ cookie, sameOrigin, find, renewal, seal, revocationOf, drop: sessions.drop, askerOf },
  });
  const app = buildApp({
    ...service,
    sessions,
    authorize,
    ...{ cookie, isReplaced: endedCookies.isReplaced },
    sameOrigin,
    cors: createCors(corsOrigins),
    page: !config.production,
    ...{ upstreams, clientAddress, askerOf, publicOrigin: publicOrigins[0] ?? '', maxBodyBytes: config.maxBodyBytes },
    trustedProxies,
  });
  const background = openLeader({
    ...{ url: config.database.url, duty: 'gateway background' },
    lead: ({ signal, wait }) =>
      workInBackground(
        {
          store: createBackgroundStore(db),
          ...{ life, hasEnded, drop: sessions.drop, tell: sessions.tell, resume: renewal.resume, now, onTrouble },
        },
        { signal, wait },
      ),
    onError: (err) => log.warn({ err }, 'not in charge of the background work'),
  });
  return service.serve({
    ...{ app, details, limits: frontLimits(config) },
    startBackground: () => ({
      async close() {
        await background.close();
        await renewal.close();
        await unfinished.close(unfinishedMs);
        await upstreams.close();
      },
    }),
  });
});
