import { feedStaleSeconds, jwksFreshSeconds, jwksStaleSeconds } from '@auth/verify/times';
import * as z from 'zod';
import { databaseUrlProblem } from './database-url.ts';
import { adminPortProblem, ListenSettings } from './listen-settings.ts';
import { isDecodable, redisUrlProblem } from './redis-url.ts';
import { wholeNumber } from './whole-number.ts';

/** The settings that every service reads from its environment: a raw shape, to be spread into `z.object`. */
export const ServerSettings = {
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('development')
    .describe('Where the service runs; production refuses keys and data that were made for development.'),
  ...ListenSettings,
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
  LOG_FORMAT: z
    .enum(['json', 'pretty', 'auto'])
    .default('auto')
    .describe('How log lines look; auto is pretty on a terminal and JSON elsewhere.'),
  DRAIN_DELAY_MS: wholeNumber({ min: 0, max: 5000 })
    .default(1000)
    .describe('How long to go on serving after a stop signal, in milliseconds, until load balancers have noticed.'),
  AUTH_KEYS: z.string().optional().describe('The key document of this service, as JSON text.'),
  AUTH_KEYS_FILE: z
    .string()
    .optional()
    .describe('The path of the key document of this service, such as /run/secrets/keys.json.'),
  REDIS_URL: z
    .string()
    .refine((text) => redisUrlProblem(text) === undefined, {
      error: ({ input }) => redisUrlProblem(String(input)) ?? 'is not a redis URL',
    })
    .optional()
    .describe('What replicas share: a URL such as rediss://host:6379, with user and password in front of the host.'),
  REPLICAS: wholeNumber({ min: 1, max: 10_000 })
    .optional()
    .describe('How many processes of this service run at a time, such as 1.'),
  REVOCATIONS: z
    .string()
    .refine((text) => feedUrlProblem(text) === undefined, {
      error: ({ input }) => feedUrlProblem(String(input)) ?? notAFeed,
    })
    .optional()
    .describe(
      'Where revoked sessions are published: file:/var/lib/auth/revocations.log on one machine, redis://host:6379 on many; say none to do without.',
    ),
  REMEMBERED_TOKENS: wholeNumber({ min: 0, max: 1_000_000 })
    .default(10_000)
    .describe('How many verified access tokens are remembered, so that each is verified in full once; 0 for none.'),
  REVOCATIONS_STALE_SECONDS: wholeNumber({ min: 3, max: 3600 })
    .default(feedStaleSeconds)
    .describe('How long it may be silent there before what is known counts as stale, in seconds.'),
};

const databaseUrl = z.string().refine((text) => databaseUrlProblem(text) === undefined, {
  error: ({ input }) => databaseUrlProblem(String(input)) ?? 'is not a postgres URL',
});

/** The settings of a service that has a database, beside `ServerSettings`. */
export const DatabaseSettings = {
  DATABASE_URL: databaseUrl.describe(
    'The database of this service: a URL such as postgresql://host:5432/name, with user and password in front of the host.',
  ),
  DATABASE_POOLER: z
    .enum(['none', 'transaction'])
    .default('none')
    .describe(
      'The pooler in front of the database: transaction for PgBouncer or another pooler in transaction pooling.',
    ),
  DATABASE_DIRECT_URL: databaseUrl
    .optional()
    .describe('The same database without the pooler, for migrations and notifications; not needed without a pooler.'),
  DATABASE_POOL_MAX: wholeNumber({ min: 1, max: 1000 })
    .default(10)
    .describe('The most connections to the database at a time.'),
};

/** The settings of a service that verifies access tokens and does not sign them, beside `ServerSettings`. */
export const JwksSettings = {
  AUTH_JWKS_URL: z
    .string()
    .refine(isJwksUrl, { error: 'is not an http(s) URL without user, password and fragment' })
    .optional()
    .describe(
      "Where the issuer publishes its keys: https://<issuer>/.well-known/jwks.json. Replaces the key document's.",
    ),
  AUTH_JWKS_FRESH_SECONDS: wholeNumber({ min: 1, max: 86_400 })
    .default(jwksFreshSeconds)
    .describe('How long keys from AUTH_JWKS_URL are taken before they are asked for again, in seconds.'),
  AUTH_JWKS_STALE_SECONDS: wholeNumber({ min: 1, max: 604_800 })
    .default(jwksStaleSeconds)
    .describe('How long they are trusted while the issuer cannot be reached, in seconds.'),
};

interface KeySettings {
  readonly NODE_ENV: string;
  readonly PORT?: number;
  readonly ADMIN_PORT?: number | undefined;
  readonly REPLICAS?: number | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly AUTH_KEYS?: string | undefined;
  readonly AUTH_KEYS_FILE?: string | undefined;
  readonly AUTH_JWKS_URL?: string | undefined;
  readonly AUTH_JWKS_FRESH_SECONDS?: number;
  readonly AUTH_JWKS_STALE_SECONDS?: number;
  readonly REVOCATIONS?: string | undefined;
  readonly DATABASE_URL?: string;
  readonly DATABASE_POOLER?: string;
  readonly DATABASE_DIRECT_URL?: string | undefined;
}

/**
 * Adds the rules between several settings. `takesCalls`: whether other services call this one, with single-use tokens.
 */
export function withKeyRules<S extends z.ZodType<KeySettings>>(schema: S, { takesCalls = true } = {}): S {
  // Rules also run when other settings are wrong, so that all errors are reported at once.
  const when = () => true;
  return schema
    .refine((settings) => adminPortProblem(settings) === undefined, {
      path: ['ADMIN_PORT'],
      error: ({ input }) => adminPortProblem(Object(input)),
      when,
    })
    .refine((settings) => (settings.AUTH_KEYS === undefined) !== (settings.AUTH_KEYS_FILE === undefined), {
      path: ['AUTH_KEYS'],
      error: 'or AUTH_KEYS_FILE must be set, and not both',
      when,
    })
    .refine(({ NODE_ENV, AUTH_JWKS_URL }) => NODE_ENV !== 'production' || !isPlainHttp(AUTH_JWKS_URL), {
      path: ['AUTH_JWKS_URL'],
      error: 'must be https in production: who can change the answer on its way can sign for every user',
      when,
    })
    .refine(({ NODE_ENV, REVOCATIONS }) => NODE_ENV !== 'production' || REVOCATIONS !== undefined, {
      path: ['REVOCATIONS'],
      error: 'must be set in production: without it an access token works on after a logout',
      when,
    })
    .refine(
      ({ NODE_ENV, REPLICAS, REDIS_URL }) =>
        NODE_ENV !== 'production' || REPLICAS !== undefined || !takesCalls || REDIS_URL,
      {
        path: ['REPLICAS'],
        error:
          'is required in production without REDIS_URL: a second process would accept the same service token again',
        when,
      },
    )
    .refine(
      ({ NODE_ENV, REPLICAS = 1, REDIS_URL }) =>
        NODE_ENV !== 'production' || REPLICAS === 1 || !takesCalls || REDIS_URL,
      {
        path: ['REDIS_URL'],
        error: 'must be set for more than one of REPLICAS: without it each would take the same service token once',
        when,
      },
    )
    .refine((settings) => (settings.AUTH_JWKS_STALE_SECONDS ?? 1) >= (settings.AUTH_JWKS_FRESH_SECONDS ?? 1), {
      path: ['AUTH_JWKS_STALE_SECONDS'],
      error: 'must be AUTH_JWKS_FRESH_SECONDS or more',
      when,
    })
    .refine(
      ({ DATABASE_URL, DATABASE_POOLER = 'none', DATABASE_DIRECT_URL }) =>
        DATABASE_POOLER === 'none' || DATABASE_DIRECT_URL === undefined || DATABASE_DIRECT_URL !== DATABASE_URL,
      {
        path: ['DATABASE_DIRECT_URL'],
        error: 'is the URL of the pooler: set the URL of the database itself, or leave it out',
        when,
      },
    );
}

const notAFeed = 'is not none, file:/path, redis://host or rediss://host';

/**
 * Describes what is wrong with the URL of a feed, as `parseFeedUrl` of @auth/revocation does, which checks it again.
 */
function feedUrlProblem(text: string): string | undefined {
  if (text === 'none') return undefined;
  if (!URL.canParse(text)) return notAFeed;
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  if (/^rediss?:$/.test(protocol)) return hostname === '' ? notAFeed : redisUrlProblem(text, ['stream']);
  if (protocol !== 'file:' || hostname !== '' || !/^file:\//i.test(text) || pathname.endsWith('/')) return notAFeed;
  if (`${search}${hash}` !== '') return 'holds a ? or #: write it as %3F or %23';
  return isFilePath(pathname) ? undefined : 'holds an escape that no path has: write %25 for a % of its own';
}

/** Whether a path has no escaped slash, no escaped NUL, and no % that begins no escape. */
const isFilePath = (path: string): boolean => !/%(?:2f|00)|%(?![\da-f]{2})/i.test(path) && isDecodable(path);

function isJwksUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${hash}` === '';
}

/** Whether a URL is plain HTTP to another machine. On this machine, nothing on the way can change an answer. */
function isPlainHttp(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
