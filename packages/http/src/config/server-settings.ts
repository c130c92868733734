import { feedStaleSeconds } from '@auth/verify/times';
import * as z from 'zod';
import { ListenSettings } from './listen-settings.ts';
import { isDecodable, redisUrlProblem } from './redis-url.ts';
import { wholeNumber } from './whole-number.ts';

const notAFeed = 'is not none, file:/path, redis://host or rediss://host';

/** The settings that every service reads from its environment: a raw shape, to be spread into `z.object`. */
export const ServerSettings = {
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development').meta({
    description: 'Where the service runs; `production` refuses keys and data that were made for development.',
    details: 'What else `production` refuses: [production.md](production.md).',
  }),
  ...ListenSettings,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').meta({
    description: 'The lowest level that is logged.',
    details: 'The [ledger of service calls](calls.md#the-ledger) is written at any level.',
  }),
  LOG_FORMAT: z
    .enum(['json', 'pretty', 'auto'])
    .default('auto')
    .meta({ description: 'The form of log lines; `auto` is pretty on a terminal and JSON elsewhere.' }),
  DRAIN_DELAY_MS: wholeNumber({ min: 0, max: 5000 }).default(1000).meta({
    description:
      'How long the service goes on serving after SIGTERM, in milliseconds, until load balancers have noticed.',
    details: 'In this time `/readyz` answers 503.',
  }),
  AUTH_KEYS: z.string().optional().meta({
    description: 'The key document of this service, as JSON text.',
    details: 'Either this or `AUTH_KEYS_FILE` is required. The document: [tokens.md](tokens.md#4-keys).',
  }),
  AUTH_KEYS_FILE: z.string().optional().meta({
    description: 'The path of the key document of this service, such as `/run/secrets/keys.json`.',
    details:
      'Changes of the file are [used within a second](keys.md); a broken document is rejected and logged, and the one before stays in use.',
  }),
  REDIS_URL: z
    .string()
    .refine((text) => redisUrlProblem(text) === undefined, {
      error: ({ input }) => redisUrlProblem(String(input)) ?? 'is not a redis URL',
    })
    .optional()
    .meta({
      description:
        'The Redis that replicas share: a URL such as `rediss://host:6379`, with user and password in front of the host.',
      details:
        'It holds which service tokens were used, at `user` the counts of the rate limits, and at `gateway` copies of sessions. `rediss://` uses TLS; a password needs %-escapes. The one supported parameter is `?family=4` or `6`, for addresses of one kind. Redis may be down at any time: [decision 21](decisions/0021-single-use-across-replicas.md).',
    }),
  REPLICAS: wholeNumber({ min: 1, max: 10_000 }).optional().meta({
    description: 'How many processes of this service run at a time, such as 1.',
    details:
      'It is required in production without `REDIS_URL` (not at `gateway`); more than one replica needs `REDIS_URL`. `pnpm keys` uses it as the number of replicas to ask.',
  }),
  REVOCATIONS: z
    .string()
    .refine((text) => feedUrlProblem(text) === undefined, {
      error: ({ input }) => feedUrlProblem(String(input)) ?? notAFeed,
    })
    .optional()
    .meta({
      description:
        'The feed of revoked sessions: `file:/var/lib/auth/revocations.log` on one machine, `redis://host:6379` on many, `none` to run without it.',
      details:
        'It is required in production; elsewhere a service without it logs a warning. A Redis URL is as for `REDIS_URL`, with `?stream=` for another key than `auth:revocations`. How it works: [revocation.md](revocation.md).',
    }),
  REMEMBERED_TOKENS: wholeNumber({ min: 0, max: 1_000_000 }).default(10_000).meta({
    description: 'How many verified access tokens are remembered, so that each is verified in full once; 0 for none.',
    details:
      'The default takes at most 32 MiB, and so does each further 10000 ([decision 32](decisions/0032-a-verified-token-is-remembered.md)).',
  }),
  REVOCATIONS_STALE_SECONDS: wholeNumber({ min: 3, max: 3600 }).default(feedStaleSeconds).meta({
    description: 'How old the newest heartbeat of the feed may be before the revocations count as stale, in seconds.',
    details: "The age counts from the signature. A clock that is ahead of the user service's uses up part of it.",
  }),
};

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
