import { createSecretKey, randomBytes } from 'node:crypto';
import { type GatewayDb, openGatewayDb } from '@auth/db/gateway';
import type { Metrics } from '@auth/http';
import { openTestDatabase } from '@auth/testkit';
import { openRunIssuer } from '@auth/testkit/app';
import { openTestService, type ServedApp, type TestService } from '@auth/testkit/test-service';
import type { Revocations } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import { afterAll, beforeAll } from '@jest/globals';
import type { Redis } from 'ioredis';
import { compose, type Gateway } from '../src/compose.ts';
import { parseConfig } from '../src/config.ts';
import type { BreakerOptions } from '../src/proxy/breaker.ts';
import { createBackgroundStore } from '../src/sessions/background-store.ts';
import type { SealKey } from '../src/sessions/seal.ts';
import { sessionRoutes } from '../src/sessions/session-routes.ts';
import { openService, type Service } from './service.ts';
import { openUserApp, type UserApp } from './user-app.ts';

export const origin = 'https://shop.example';
export const trustedOrigin = 'https://admin.example';
export const life = { absoluteSeconds: 7 * 86_400, idleSeconds: 86_400 };

/** The parts that replicas of a gateway share, and a clock. */
export interface Surroundings {
  readonly url: string;
  readonly issuer: TestIssuer;
  readonly userApp: UserApp;
  /** The mock of product and order. */
  readonly service: Service;
  readonly keys: SealKey[];
  /** The session ids at the user app whose access tokens are revoked. */
  readonly revoked: Set<string>;
  /** Sessions whose claims have changed: access tokens issued up to a time are refused, by session id at the user app. */
  readonly claimsChanged: Map<string, number>;
  readonly now: () => number;
  advance(seconds: number): void;
  close(): Promise<void>;
}

/** Opens the surroundings of a test. */
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
    url: database.url,
    issuer,
    userApp,
    service,
    now,
    revoked: new Set(),
    claimsChanged: new Map(),
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

/** A replica of the gateway, with the database, services and clock of a test. */
export interface Harness
  extends ServedApp,
    Pick<TestService<'gateway', GatewayDb>, 'db' | 'events'>,
    Pick<Gateway, 'sessions' | 'authorize' | 'renewal' | 'unfinished'> {
  readonly backgroundStore: ReturnType<typeof createBackgroundStore>;
  readonly metrics: Metrics;
  /** Returns the log lines about work that is retried later. */
  errors(): readonly string[];
}

export interface HarnessOptions {
  /** The cache of sessions; none by default. */
  readonly redis?: Redis;
  /** The URL of the database; that of the surroundings by default. */
  readonly url?: string;
  /** The origin of product; the service of the surroundings by default. */
  readonly product?: string;
  readonly breaker?: BreakerOptions;
  /** The connections to each service; 200 by default. */
  readonly connections?: number;
  /** Proxies whose `X-Forwarded-For` counts; none by default. */
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

/** Opens a replica. */
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
  const revocations: Revocations = {
    isRevoked: (sid, iat) => revoked.has(sid) || iat <= (claimsChanged.get(sid) ?? Number.NaN),
  };
  const test = await openTestService({
    name: 'gateway',
    openDb: openGatewayDb,
    url,
    now,
    audience: 'user',
    issuer,
    revocations,
  });
  const { db, parts } = test;
  const config = parseConfig({
    PORT: '0',
    AUTH_KEYS: '{}',
    DATABASE_URL: url,
    PUBLIC_ORIGIN: origin,
    CORS_ORIGINS: trustedOrigin,
    USER_URL: userApp.url,
    PRODUCT_URL: product,
    ORDER_URL: around.service.url,
    UPSTREAM_TIMEOUT_MS: '1000',
    UPSTREAM_CONNECTIONS: String(connections),
  });
  const gateway = compose({
    config: { ...config, trustedProxies: [...trustedProxies] },
    db,
    retryMs: 20,
    userTimes: { timeoutMs: 1000, loginTimeoutMs: 1000 },
    ...(breaker && { breaker }),
    service: { ...parts, redis, keys: { current: () => ({ sessionKeys: keys }) }, revocations: { revocations } },
  });
  const { renewal, unfinished, upstreams } = gateway;
  const served = await test.serve(gateway.app, sessionRoutes, {
    // Forwarded routes are in the documents of the services.
    isUnchecked: (target) => /^\/(?:auth|users|products|orders|\.well-known)(?:[/?]|$)/.test(target),
    async closeParts() {
      await renewal.close();
      await unfinished.close(0);
      await upstreams.close();
    },
  });
  return {
    ...test,
    ...gateway,
    ...served,
    metrics: parts.metrics,
    backgroundStore: createBackgroundStore(db),
    errors: () => test.lines().filter((line) => line.includes('work is retried later')),
  };
}
