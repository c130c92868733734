import {
  adminApp,
  auditCalls,
  createLog,
  createMetrics,
  createReadiness,
  createUserHash,
  type Metrics,
  type ServerConfig,
  type Service,
} from '@auth/http';
import type { HeldKey, KeyRing, ServiceKeys } from '@auth/keys';
import {
  createServiceTokenSigner,
  observed,
  ownProfile,
  type RememberingVerifier,
  type ServiceTokenSigner,
} from '@auth/verify';
import type { Redis } from 'ioredis';
import { createCallVerifier } from './call-verifier.ts';
import type { AppParts, Composition } from './composition.ts';
import { warnOfEviction } from './eviction-policy.ts';
import { openIssuerKeys } from './open-issuer-keys.ts';
import { openKeys } from './open-keys.ts';
import { openRedis } from './open-redis.ts';
import { openRevocationFeed, type RevocationFeed } from './open-revocation-feed.ts';
import { openSingleUse } from './open-single-use.ts';
import { createUserTokenVerifier } from './user-tokens.ts';

/** The database of a service, as `openService` uses it. */
export interface ServiceDatabase {
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  /** Connections by state. */
  poolStats(): Readonly<Record<string, number>>;
  /**
   * Registers callbacks: `onTrouble` when the database becomes unavailable, with the reason for operators, and
   * `onRecovered` when it works again.
   */
  watch(listener: { readonly onTrouble: (reason: string) => void; readonly onRecovered: () => void }): void;
  /** Warnings for an operator about how the database is opened: one sentence each. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly service: string;
  /** The expected `aud` of access tokens; the name of the service unless given. */
  readonly audience?: string;
  readonly config: ServerConfig;
  /** Absent for a service without a database. */
  readonly database?: ServiceDatabase;
}

/** The parts that all services share. */
export interface ServiceParts extends AppParts {
  /** The keys of this service as they are now. */
  readonly keys: KeyRing;
  /**
   * The revocation feed. `isStale` says whether revocations may be missing here, for routes with
   * `onRevocationStale: 'deny'`; `revocations` are the cut-offs themselves, `null` where there is no feed.
   */
  readonly revocations: Pick<RevocationFeed, 'isStale' | 'revocations'>;
  /** Signs this service's own calls. */
  readonly signer: ServiceTokenSigner;
  /** The Redis that replicas share; absent without `REDIS_URL`. It may be unavailable at any time. */
  readonly redis: Redis | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Starts the background work and returns the service for `runService`. */
  serve(composition: Composition): Service;
}

/**
 * Opens the parts that all services share: log, metrics, keys, verifiers, signer and admin port. Verifiers and signer
 * read the current keys at each use. The parts of one service alone are in its own `compose.ts`.
 *
 * @throws KeyDocumentError without a valid key document
 */
export async function openService(options: ServiceOptions): Promise<ServiceParts> {
  const { service, audience = service, config, database } = options;
  const now = () => Date.now() / 1000;
  const metrics = createMetrics({ service });
  const countDropped = metrics.counter('log_lines_dropped_total', 'Lines that standard output could not take.', []);
  const onDropped = (lines: number) => countDropped({}, lines);
  const log = createLog({ service, isTerminal: process.stdout.isTTY, onDropped, ...config.log });
  if (database !== undefined) {
    metrics.gauge('db_pool_connections', 'Database connections by state.', 'state', () => database.poolStats());
    database.watch({
      onTrouble: (reason) => log.warn({ reason }, 'the database cannot be used'),
      onRecovered: () => log.info('the database can be used again'),
    });
    for (const note of database.notes) log.warn(note);
  }
  const source = { ...config.keys, remoteJwks: config.jwks !== undefined };
  const keys = await openKeys({ service, source, log, metrics, now });
  const issuerKeys = await openIssuerKeys({ ...config, keys, log, metrics, now });
  const { issuer } = keys.current();
  const { keys: publicKeys, onUnknownKid } = issuerKeys;
  const trust = { issuer, keys: publicKeys, onUnknownKid, now };
  const feed = openRevocationFeed({ ...trust, config: config.revocations, log, metrics });
  const readiness = createReadiness(
    { ...(database === undefined ? {} : { database: () => database.ping() }), ...issuerKeys.checks, ...feed.checks },
    {
      // Debug level, since the database, the feed and the public keys log their own failures.
      onFailure: (check, error) => log.debug({ check, reason: String(error) }, 'not ready'),
      onRecovered: (check) => log.debug({ check }, 'ready again'),
    },
  );
  const redis = config.redis && (await openRedis(config.redis.url, { log, metrics }));
  if (redis !== undefined) void warnOfEviction(redis, { log });
  const held = () => [...keys.held(), ...issuerKeys.held()];
  metrics.gauges('auth_key_loaded', 'Keys in force by id and state.', ['kid', 'state'], () =>
    held().map(({ kid, state }) => ({ labels: { kid, state }, value: 1 })),
  );
  const verifier = createUserTokenVerifier({
    ...trust,
    audience,
    revocations: feed.revocations,
    ...(config.rememberedTokens === undefined ? {} : { rememberTokens: config.rememberedTokens }),
  });
  reportMemory(verifier, metrics);
  const verify = observed(verifier, (outcome) => metrics.countVerification('access', outcome));
  const singleUse = openSingleUse({ redis, metrics, now });
  const calls = createCallVerifier({ service, keys: () => keys.current().accepts, verify, singleUse, now });
  const signer = createServiceTokenSigner({ service, keys: () => keys.current().calls, now });
  const audit = auditCalls({ log, metrics, hashUser: (sub) => hashWith(keys.current(), sub) });
  const adminWith = (details: Composition['details']) =>
    adminApp({
      log,
      readiness,
      metrics,
      details: () => ({
        ...details?.(),
        service,
        ...keysAt(now(), held()),
        accessTokenAlgorithms: ownProfile.algorithms,
        revocations: feed.stats(),
        keyDocument: keys.delivery(),
        jwksFreshSeconds: issuerKeys.freshForSeconds,
        replicas: config.replicas,
      }),
    });

  const parts = { log, metrics, readiness, issuer, keys, verify, revocations: feed, calls, signer, redis, audit, now };
  return {
    ...parts,
    serve({ app, startBackground, details, limits }) {
      const background = startBackground?.();
      const { port, host, drainDelayMs, keepAliveMs } = config;
      return {
        app,
        log,
        metrics,
        readiness,
        ...(limits && { limits }),
        port,
        host,
        drainDelayMs,
        keepAliveMs,
        admin: { ...config.admin, app: adminWith(details) },
        async close() {
          await background?.close();
          keys.close();
          await feed.close();
          await issuerKeys.close();
          redis?.disconnect();
          await database?.close();
        },
      };
    },
  };
}

function reportMemory({ memory }: RememberingVerifier, metrics: Metrics): void {
  const number = (name: string, help: string, read: () => number) =>
    metrics.gauges(name, help, [], () => [{ labels: {}, value: read() }]);
  number('auth_remembered_tokens', 'Verified access tokens in memory.', () => memory().tokens);
  number('auth_remembered_token_bytes', 'Memory that remembered tokens use at most.', () => memory().bytes);
  const help = 'Access tokens that were not verified in full, since they were in memory.';
  metrics.counted('auth_remembered_token_hits_total', help, () => memory().hits);
}

/**
 * Describes the current keys. `since` is `now` minus the time for which the key was held, measured by a monotonic
 * clock, so a clock step does not change the difference.
 */
function keysAt(now: number, held: readonly HeldKey[]) {
  return { now, keys: held.map(({ heldSeconds, ...key }) => ({ ...key, since: now - heldSeconds })) };
}

function hashWith({ auditKey }: ServiceKeys, sub: string): string | undefined {
  return auditKey === undefined ? undefined : createUserHash(auditKey)(sub);
}
