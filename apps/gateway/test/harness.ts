import { createSecretKey, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayDb } from '@auth/db/gateway';
import { openGatewayDb } from '@auth/db/gateway';
import type { Metrics } from '@auth/http';
import {
  addressBlock,
  addressPrefix,
  auditEvents,
  clientAddressBehind,
  createLog,
  createMetrics,
  createReadiness,
  nameRequest,
} from '@auth/http';
import { createUserTokenVerifier } from '@auth/service';
import { openTestDatabase } from '@auth/testkit';
import type { Decision } from '@auth/testkit/app';
import { checkResponses, openRunIssuer, recordDecisions, serveApp } from '@auth/testkit/app';
import type { Revocations } from '@auth/verify';
import { AuthError } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import { afterAll, beforeAll } from '@jest/globals';
import type { Redis } from 'ioredis';
import { buildApp } from '../src/app.ts';
import { createAskerOf } from '../src/asker.ts';
import type { Authorize } from '../src/authorize.ts';
import { createAuthorize } from '../src/authorize.ts';
import { createBackgroundStore } from '../src/background-store.ts';
import { createCheckedCache } from '../src/checked-cache.ts';
import { createCors } from '../src/cors.ts';
import { createEndedCookies } from '../src/ended-cookies.ts';
import { createEndedCookiesStore } from '../src/ended-cookies-store.ts';
import { createIdentify } from '../src/identify.ts';
import { openApi } from '../src/openapi.ts';
import type { BreakerOptions } from '../src/proxy/breaker.ts';
import { openUpstreams } from '../src/proxy/upstreams.ts';
import type { Renewal } from '../src/renewal.ts';
import { createRenewal } from '../src/renewal.ts';
import { createSameOrigin } from '../src/same-origin.ts';
import type { SealKey } from '../src/seal.ts';
import { createSeal } from '../src/seal.ts';
import type { SessionEvent } from '../src/session.ts';
import { createSessionCache } from '../src/session-cache.ts';
import { createSessionCookie } from '../src/session-cookie.ts';
import { createSessionLookup } from '../src/session-lookup.ts';
import { createSessionStore } from '../src/session-store.ts';
import type { Sessions } from '../src/sessions.ts';
import { createSessions } from '../src/sessions.ts';
import type { Unfinished } from '../src/unfinished.ts';
import { createUnfinished } from '../src/unfinished.ts';
import { createUserClient, mayBeDone } from '../src/user-client.ts';
import type { Service } from './service.ts';
import { openService } from './service.ts';
import type { UserApp } from './user-app.ts';
import { openUserApp } from './user-app.ts';

export const origin = 'https://shop.example';
export const trustedOrigin = 'https://admin.example';
export const life = { absoluteSeconds: 7 * 86_400, idleSeconds: 86_400 };

/** What replicas of a gateway share, and a clock. */
export interface Surroundings {
  readonly url: string;
  readonly issuer: TestIssuer;
  readonly userApp: UserApp;
  /** Stands for product and order. */
  readonly service: Service;
  readonly keys: SealKey[];
  /** The session ids at the user app whose access tokens are taken back. */
  readonly revoked: Set<string>;
  /** By session id at the user app: access tokens issued up to then are refused, since their claims have changed. */
  readonly claimsChanged: Map<string, number>;
  readonly now: () => number;
  advance(seconds: number): void;
  close(): Promise<void>;
}

/** Opens them. */
export async function openSurroundings(): Promise<Surroundings> {
  let time = 1_800_000_000;
  const now = () => time;
  const issuer = openRunIssuer(now);
  const [database, userApp, service] = await Promise.all([
    openTestDatabase('gateway'),
    openUserApp(issuer, now),
    openService(),
  ]);
  return {
    ...{ url: database.url, issuer, userApp, service, now, revoked: new Set(), claimsChanged: new Map() },
    keys: [{ kid: 'session.1', key: createSecretKey(randomBytes(32)) }],
    advance(seconds) {
      time += seconds;
    },
    async close() {
      await userApp.stop();
      await service.close();
      await database.drop();
    },
  };
}

/** The gateway as `main.ts` builds it. */
export interface Harness {
  readonly server: Server;
  readonly db: GatewayDb;
  readonly sessions: Sessions;
  readonly authorize: Authorize;
  readonly renewal: Renewal;
  readonly unfinished: Unfinished;
  readonly backgroundStore: ReturnType<typeof createBackgroundStore>;
  readonly metrics: Metrics;
  /** The events of sessions so far, as they were logged. */
  events(): Decision[];
  /** What was left for later so far. */
  readonly troubles: readonly unknown[];
  /** @throws Error naming the answers that the API document does not tell of. */
  close(): Promise<void>;
}

export interface HarnessOptions {
  /** Where sessions are cached; nowhere unless given. */
  readonly redis?: Redis;
  /** The database, when it is not that of the surroundings. */
  readonly url?: string;
  /** Where product is, when it is not the service of the surroundings. */
  readonly product?: string;
  readonly breaker?: BreakerOptions;
  /** To each service; 200 unless given. */
  readonly connections?: number;
  /** Proxies whose `X-Forwarded-For` counts; none unless given. */
  readonly trustedProxies?: readonly string[];
}

/** Opens surroundings and one replica in them for the tests of a file or a `describe`, and closes them afterwards. */
export function useGateway(
  take: (opened: { around: Surroundings; gateway: Harness }) => void,
  options: HarnessOptions = {},
): void {
  let close: () => Promise<void>;
  beforeAll(async () => {
    const around = await openSurroundings();
    const gateway = await openHarness(around, options);
    close = async () => {
      await gateway.close();
      await around.close();
    };
    take({ around, gateway });
  });
  afterAll(() => close());
}

/** Opens one replica. */
export async function openHarness(
  around: Surroundings,
  {
    redis,
    url = around.url,
    product = around.service.url,
    breaker,
    connections = 200,
    trustedProxies = [],
  }: HarnessOptions = {},
): Promise<Harness> {
  const { issuer, userApp, keys, revoked, claimsChanged, now } = around;
  const db = openGatewayDb({ url });
  const { destination, events } = recordDecisions();
  const log = createLog({ service: 'gateway', level: 'info', format: 'json', destination });
  const metrics = createMetrics({ service: 'gateway' });
  const troubles: unknown[] = [];
  const onTrouble = (error: unknown) => void troubles.push(error);
  const revocations: Revocations = {
    isRevoked: (sid, iat) => revoked.has(sid) || iat <= (claimsChanged.get(sid) ?? Number.NaN),
  };
  const { verify } = createUserTokenVerifier({
    ...{ issuer: issuer.issuer, audience: 'user', keys: issuer.keys, revocations, now },
  });
  const { identify, revocationOf, hasEnded } = createIdentify({
    verify,
    revocations,
    isRevocation: (error) => error instanceof AuthError && error.code === 'token_revoked',
  });
  const store = createSessionStore(db);
  const endedCookies = createEndedCookiesStore(db);
  const ended = createEndedCookies({ store: endedCookies, monotonicMs: () => performance.now(), onError: onTrouble });
  const cache = redis && createCheckedCache({ ended, cache: createSessionCache({ redis, now, onTrouble }) });
  const unfinished = createUnfinished({ retryMs: 20, onError: onTrouble });
  const seal = createSeal(() => keys);
  const upstreams = openUpstreams({
    origins: { user: userApp.url, product, order: around.service.url },
    ...{ connections, timeoutMs: 1000, metrics },
    ...(breaker && { breaker }),
  });
  const user = createUserClient({
    ...{ baseUrl: userApp.url, timeoutMs: 1000, loginTimeoutMs: 1000, headers: () => ({}) },
    logins: upstreams.byName.user.slowBulkhead,
    clientOf: ({ address }) => addressBlock(address),
  });
  const audit = auditEvents<SessionEvent>({ log, metrics, metric: 'gateway_session_events_total', help: 'Sessions.' });
  const shared = { store, cache, seal, identify, unfinished, audit, now, onTrouble };
  const sessions = createSessions({ ...shared, logIn: user.logIn, logOut: user.logOut, hasEnded, life });
  const renewal = createRenewal({
    ...shared,
    refresh: user.refresh,
    mayBeDone,
    end: sessions.drop,
    wait: (ms) => delay(ms),
    leaseSeconds: 4,
  });
  const cookie = createSessionCookie({ secure: true });
  const sameOrigin = createSameOrigin({ own: [origin], trusted: [trustedOrigin] });
  const find = createSessionLookup({ store, cache, life, now, onTrouble });
  const clientAddress = clientAddressBehind(trustedProxies);
  const askerOf = createAskerOf({ clientAddress, addressPrefix, nameRequest });
  const authorize = createAuthorize({
    ...{ cookie, sameOrigin, find, renewal, seal, revocationOf, drop: sessions.drop },
    askerOf,
  });
  const app = buildApp({
    ...{ upstreams, clientAddress, askerOf, publicOrigin: origin, maxBodyBytes: 100_000 },
    ...{
      sessions,
      authorize,
      cookie,
      isReplaced: endedCookies.isReplaced,
      sameOrigin,
      cors: createCors([trustedOrigin]),
      issuer: issuer.issuer,
    },
    ...{ log, readiness: createReadiness({ database: db.ping }), metrics, page: false },
  });
  const responses = checkResponses(app, openApi);
  // What is handed on is in the documents of the services.
  const isHandedOn = (target = '') => /^\/(?:auth|users|products|orders|\.well-known)(?:[/?]|$)/.test(target);
  const { server, close } = await serveApp((req, res) => (isHandedOn(req.url) ? app : responses.listener)(req, res));
  return {
    ...{
      server,
      db,
      sessions,
      authorize,
      renewal,
      unfinished,
      backgroundStore: createBackgroundStore(db),
      metrics,
      events,
      troubles,
    },
    async close() {
      close();
      await renewal.close();
      await unfinished.close(0);
      await upstreams.close();
      await db.close();
      responses.assertTrue();
    },
  };
}
