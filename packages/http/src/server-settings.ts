import * as z from 'zod';
import { wholeNumber } from './whole-number.ts';

/** The settings that every service reads from its environment: a raw shape, to be spread into `z.object`. */
export const ServerSettings = {
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('development')
    .describe('Where the service runs; production refuses keys and data that were made for development.'),
  PORT: wholeNumber({ min: 0, max: 65_535 }).describe('The port to listen on, such as 4001; 0 takes a free one.'),
  HOST: z.string().regex(/^\S+$/).default('127.0.0.1').describe('The address to listen on, such as 0.0.0.0.'),
  ADMIN_PORT: wholeNumber({ min: 0, max: 65_535 })
    .optional()
    .describe('The port of /metrics and /readyz?verbose; PORT + 100 unless set.'),
  ADMIN_HOST: z
    .string()
    .regex(/^\S+$/)
    .default('127.0.0.1')
    .describe('The address of the admin port: one that callers cannot reach.'),
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
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, { error: 'is not a postgres URL' })
    .describe(
      'The database of this service: a URL such as postgresql://host:5432/name, with user and password in front of the host.',
    ),
  DATABASE_POOL_MAX: wholeNumber({ min: 1, max: 1000 })
    .default(10)
    .describe('The most connections to the database at a time.'),
  AUTH_KEYS: z.string().optional().describe('The key document of this service, as JSON text.'),
  AUTH_KEYS_FILE: z
    .string()
    .optional()
    .describe('The path of the key document of this service, such as /run/secrets/keys.json.'),
};

/** Refines a schema made with `ServerSettings`: exactly one of `AUTH_KEYS` and `AUTH_KEYS_FILE` must be set. */
export function requireOneKeySource<
  S extends z.ZodType<{ AUTH_KEYS?: string | undefined; AUTH_KEYS_FILE?: string | undefined }>,
>(schema: S): S {
  return schema.refine((settings) => (settings.AUTH_KEYS === undefined) !== (settings.AUTH_KEYS_FILE === undefined), {
    path: ['AUTH_KEYS'],
    error: 'or AUTH_KEYS_FILE must be set, and not both',
    // Also when other settings are wrong: all that is wrong is said at once.
    when: () => true,
  });
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname } = new URL(text);
  return /^postgres(?:ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1;
}
