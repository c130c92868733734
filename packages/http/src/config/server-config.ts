import { jwksFreshSeconds, jwksStaleSeconds } from '@auth/verify/times';
import type * as z from 'zod';
import type { LogOptions } from '../log/log.ts';
import type { DatabaseSettings } from './database-settings.ts';
import type { JwksSettings } from './jwks-settings.ts';
import type { ServerSettings } from './server-settings.ts';

type Settings = z.output<z.ZodObject<typeof ServerSettings>>;

/** How an issuer's keys are fetched over HTTP. */
export interface JwksConfig {
  readonly url: string;
  readonly freshForSeconds: number;
  readonly staleForSeconds: number;
}

/** Where the revocation feed is, and when it counts as stale. */
export interface RevocationsConfig {
  /** `file:`, `redis:` or `rediss:`; `none` to run without revocation; `undefined` when it is not set. */
  readonly url: string | undefined;
  readonly staleAfterSeconds: number;
}

/** The configuration that all services have. */
export interface ServerConfig {
  /** Whether keys and data that were made for development are refused. */
  readonly production: boolean;
  /** How many processes of the service run at a time; absent when it is not set. */
  readonly replicas?: number | undefined;
  readonly port: number;
  readonly host: string;
  readonly admin: { readonly port: number; readonly host: string };
  readonly drainDelayMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  readonly log: Pick<LogOptions, 'level' | 'format'>;
  /** The Redis that replicas share; absent when it is not set. */
  readonly redis: { readonly url: string } | undefined;
  /** Where the issuer publishes its keys; absent when they are in the key document. */
  readonly jwks: JwksConfig | undefined;
  readonly revocations: RevocationsConfig;
  /** How many verified access tokens are remembered; the default of the verifier unless given. */
  readonly rememberedTokens?: number;
  readonly keys: ({ readonly text: string } | { readonly file: string }) & { readonly production: boolean };
}

/** Converts the settings of `ServerSettings` to configuration. */
export function serverConfig(settings: Settings & Partial<z.output<z.ZodObject<typeof JwksSettings>>>): ServerConfig {
  const { AUTH_KEYS: text, AUTH_KEYS_FILE: file = '' } = settings;
  const production = settings.NODE_ENV === 'production';
  return {
    production,
    replicas: settings.REPLICAS,
    port: settings.PORT,
    host: settings.HOST,
    // With PORT 0 both ports are free ones: 0 stays 0.
    admin: { port: settings.ADMIN_PORT ?? (settings.PORT && settings.PORT + 100), host: settings.ADMIN_HOST },
    drainDelayMs: settings.DRAIN_DELAY_MS,
    keepAliveMs: settings.KEEP_ALIVE_SECONDS * 1000,
    log: { level: settings.LOG_LEVEL, format: settings.LOG_FORMAT },
    redis: settings.REDIS_URL === undefined ? undefined : { url: settings.REDIS_URL },
    jwks: jwksConfig(settings),
    revocations: { url: settings.REVOCATIONS, staleAfterSeconds: settings.REVOCATIONS_STALE_SECONDS },
    rememberedTokens: settings.REMEMBERED_TOKENS,
    keys: { production, ...(text === undefined ? { file } : { text }) },
  };
}

/** The URL of a service's database, and the settings of its connections. */
interface DatabaseConfig {
  readonly url: string;
  /** The pooler in front of the database: `transaction` assigns a server connection for one transaction at a time. */
  readonly pooler: 'none' | 'transaction';
  /** The URL for a connection without the pooler; `undefined` when there is a pooler and no direct URL. */
  readonly directUrl: string | undefined;
  readonly poolMax: number;
}

/** Converts the settings of `DatabaseSettings` to configuration. */
export function databaseConfig(settings: z.output<z.ZodObject<typeof DatabaseSettings>>): DatabaseConfig {
  const { DATABASE_URL: url, DATABASE_POOLER: pooler, DATABASE_DIRECT_URL: directUrl } = settings;
  return {
    url,
    pooler,
    poolMax: settings.DATABASE_POOL_MAX,
    directUrl: directUrl ?? (pooler === 'none' ? url : undefined),
  };
}

function jwksConfig(settings: Partial<z.output<z.ZodObject<typeof JwksSettings>>>): JwksConfig | undefined {
  const {
    AUTH_JWKS_URL: url,
    AUTH_JWKS_FRESH_SECONDS: fresh = jwksFreshSeconds,
    AUTH_JWKS_STALE_SECONDS: stale = jwksStaleSeconds,
  } = settings;
  return url === undefined ? undefined : { url, freshForSeconds: fresh, staleForSeconds: stale };
}
