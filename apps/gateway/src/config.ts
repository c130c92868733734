import {
  areHttps,
  browserOrigins,
  type ConnectionLimits,
  DatabaseSettings,
  databaseConfig,
  httpOrigin,
  JwksSettings,
  ProxySettings,
  readConfig,
  ServerSettings,
  serverConfig,
  wholeNumber,
  withKeyRules,
} from '@auth/http';
import { sessionIdleSeconds } from '@auth/verify/times';
import * as z from 'zod';

/** The environment variables of the gateway. */
export const Settings = withKeyRules(
  z
    .object({
      ...ServerSettings,
      ...DatabaseSettings,
      ...JwksSettings,
      ...ProxySettings,
      PUBLIC_ORIGIN: browserOrigins
        .refine((origins) => origins.length > 0, { error: 'names no origin' })
        .refine((origins) => areHttps(origins) !== undefined, { error: 'mixes http and https: one cookie serves all' })
        .meta({
          description:
            'The origins of the gateway for browsers, such as `https://shop.example`; several separated by commas.',
          details:
            'Each is written as browsers write it into `Origin`. It is https in production; elsewhere plain http is allowed for `localhost` and `127.*`.',
        }),
      CORS_ORIGINS: browserOrigins.default([]).meta({
        description: 'Other origins whose pages may send requests with the cookie, separated by commas.',
        details:
          'They belong to the same site (`https://admin.example.com` beside `https://shop.example.com`), since the cookie is `SameSite=Lax`.',
      }),
      USER_URL: httpOrigin.meta({ description: 'The origin of the user app, such as `http://user:4001`.' }),
      PRODUCT_URL: httpOrigin.meta({ description: 'The origin of the product app, such as `http://product:4002`.' }),
      ORDER_URL: httpOrigin.meta({ description: 'The origin of the order app, such as `http://order:4003`.' }),
      SESSION_HOURS: wholeNumber({ min: 1, max: 8760 }).default(168).meta({
        description: 'How long a session lasts at most, in hours.',
        details: '`SESSION_DAYS` of user bounds it as well: a session ends with the login behind it.',
      }),
      SESSION_IDLE_MINUTES: wholeNumber({ min: 1, max: 525_600 })
        .default(sessionIdleSeconds / 60)
        .meta({
          description: 'How long a session lasts without a request, in minutes.',
          details: '`SESSION_IDLE_DAYS` of user bounds it as well.',
        }),
      UPSTREAM_TIMEOUT_MS: wholeNumber({ min: 100, max: 120_000 }).default(10_000).meta({
        description: 'How long a service may take to begin its answer, and to continue it, in milliseconds.',
        details: 'Logins, registrations and password changes have at least 30000.',
      }),
      UPSTREAM_CONNECTIONS: wholeNumber({ min: 1, max: 10_000 }).default(128).meta({
        description: 'The highest number of connections to one service at a time.',
        details: 'user has as many again, for logins, registrations and password changes.',
      }),
      MAX_BODY_BYTES: wholeNumber({ min: 0, max: 10_000_000 }).default(100_000).meta({
        description: 'The largest body of a request, in bytes; it is held in memory until it is complete.',
        details: 'The services accept 100000.',
      }),
      PAGE_DIR: z.string().min(1).optional().meta({
        description: 'The folder of a page to try the gateway with, served at `/`; for development.',
        details: '`pnpm dev` sets it to `tools/dev/page`. Production refuses it.',
      }),
    })
    .refine(({ NODE_ENV, PUBLIC_ORIGIN }) => NODE_ENV !== 'production' || areHttps(PUBLIC_ORIGIN) === true, {
      path: ['PUBLIC_ORIGIN'],
      error: 'must be https in production',
    })
    .refine(({ NODE_ENV, PAGE_DIR }) => NODE_ENV !== 'production' || PAGE_DIR === undefined, {
      path: ['PAGE_DIR'],
      error: 'is for development: production serves no page',
    }),
  // No service calls the gateway, so there is no single use to share.
  { takesCalls: false },
);

/** Parses the environment into the configuration of the gateway. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  const settings = readConfig(Settings, env);
  return {
    ...serverConfig(settings),
    database: databaseConfig(settings),
    trustedProxies: settings.TRUSTED_PROXIES,
    publicOrigins: settings.PUBLIC_ORIGIN,
    corsOrigins: settings.CORS_ORIGINS,
    secureCookie: areHttps(settings.PUBLIC_ORIGIN) === true,
    publicPort: Number(new URL(settings.PUBLIC_ORIGIN[0] ?? '').port) || 80,
    upstreams: { user: settings.USER_URL, product: settings.PRODUCT_URL, order: settings.ORDER_URL },
    upstreamTimeoutMs: settings.UPSTREAM_TIMEOUT_MS,
    upstreamConnections: settings.UPSTREAM_CONNECTIONS,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    pageFolder: settings.PAGE_DIR,
    sessionLife: { absoluteSeconds: settings.SESSION_HOURS * 3600, idleSeconds: settings.SESSION_IDLE_MINUTES * 60 },
  };
}

/**
 * Returns the limits of a connection to the gateway. They are lower than those of a service, so that a client cannot make
 * the gateway send what a service refuses.
 */
export function frontLimits({ upstreamTimeoutMs }: { readonly upstreamTimeoutMs: number }): ConnectionLimits {
  return {
    // A service accepts 16 KB. The rest is for the access token and the other headers that the gateway adds.
    headerBytes: 12_288,
    requestMs: 20_000,
    // Longer than the timeout of a service, so that a slow service does not end the connection of a client.
    stillMs: Math.max(30_000, upstreamTimeoutMs + 5000),
    pipelined: 4,
  };
}
