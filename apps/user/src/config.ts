import {
  DatabaseSettings,
  databaseConfig,
  ProxySettings,
  readConfig,
  ServerSettings,
  serverConfig,
  wholeNumber,
  withKeyRules,
} from '@auth/http';
import {
  accessTokenSeconds,
  jwksFreshSeconds,
  loginIdleSeconds,
  maxAccessTokenSeconds,
  refreshGraceSeconds,
} from '@auth/verify/times';
import * as z from 'zod';

const limit = (usual: number, what: string, details?: string) =>
  wholeNumber({ min: 0, max: 1_000_000 })
    .default(usual)
    .meta({ description: `${what}; 0 for no such limit.`, ...(details !== undefined && { details }) });

/** The limits on attempts. */
const LimitSettings = {
  LIMIT_WINDOW_SECONDS: wholeNumber({ min: 1, max: 86_400 }).default(600).meta({
    description: 'The window of time in which attempts are counted together, in seconds.',
    details:
      'All limits of this table are attempts in such a window. An address is an IPv4 address or an IPv6 block of 64 bits. What counts as an attempt: [decision 28](decisions/0028-what-counts-as-a-guess-and-what-bcrypt-is-given.md).',
  }),
  LOGIN_TRIES_PER_ADDRESS: limit(100, 'Different wrong logins from one address; the next login is answered 429'),
  LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS: limit(
    10,
    'Different wrong logins to one account from one address; the next login is answered 429',
  ),
  LOGIN_TRIES_PER_ACCOUNT: limit(
    50,
    'Different wrong logins to one account from all addresses; each further login takes 0.1 s longer, up to 5 s',
    'No login is refused by this limit.',
  ),
  LOGINS_PER_ACCOUNT: limit(
    200,
    'Right logins to one account, and password changes of one user; the next is answered 429',
    'Each costs as much work as a wrong one. Raise it for an account that machines log in with.',
  ),
  REGISTRATIONS_PER_ADDRESS: limit(30, 'Registrations from one address; the next is answered 429'),
  REFRESH_TRIES_PER_ADDRESS: limit(300, 'Different failed refreshes from one address; the next is answered 429'),
  LIMIT_IPV6_NETWORK_FACTOR: wholeNumber({ min: 0, max: 65_536 }).default(10).meta({
    description:
      'The limit of an IPv6 network (/48), as a multiple of the limit of one address; 0 for no limit per network.',
  }),
};

/** The environment variables of the user app. */
export const Settings = withKeyRules(
  z.object({
    ...ServerSettings,
    ...DatabaseSettings,
    ...ProxySettings,
    ...LimitSettings,
    BCRYPT_COST: wholeNumber({ min: 10, max: 14 })
      .default(12)
      .meta({ description: 'The cost of a password hash; each step doubles the work.' }),
    PASSWORD_HASH: z.enum(['bcrypt-sha256', 'bcrypt']).default('bcrypt-sha256').meta({
      description: 'The form of new password hashes; `bcrypt` while a build that reads only that form is in use.',
      details:
        'A login stores an older hash in this form. Set `bcrypt` for as long as you may go back to the build before this one ([production.md](production.md#going-back-to-the-build-before)).',
    }),
    UV_THREADPOOL_SIZE: wholeNumber({ min: 2, max: 1024 })
      .default(4)
      .meta({ description: 'The threads that Node has for passwords, files and DNS; passwords leave one free.' }),
    PASSWORD_QUEUE_MAX: wholeNumber({ min: 1, max: 10_000 })
      .default(64)
      .meta({ description: 'How many logins and registrations may wait for a thread; more are answered 503.' }),
    ACCESS_TOKEN_SECONDS: wholeNumber({ min: 60, max: maxAccessTokenSeconds }).default(accessTokenSeconds).meta({
      description: 'How long an access token is valid, in seconds.',
      details: 'Each token lives up to 5 % shorter, at random.',
    }),
    JWKS_MAX_AGE_SECONDS: wholeNumber({ min: 1, max: 86_400 }).default(jwksFreshSeconds).meta({
      description: 'How long verifiers may cache the public keys, in seconds.',
      details: 'A new signing key is published that long before it signs.',
    }),
    SESSION_DAYS: wholeNumber({ min: 1, max: 365 })
      .default(30)
      .meta({ description: 'How long a login lasts at most, in days, however often it is refreshed.' }),
    SESSION_IDLE_DAYS: wholeNumber({ min: 1, max: 365 })
      .default(loginIdleSeconds / 86_400)
      .meta({ description: 'How long a login lasts without a refresh, in days.' }),
    SESSIONS_PER_ACCOUNT: wholeNumber({ min: 0, max: 10_000 }).default(100).meta({
      description: 'How many sessions one account may have; a login beyond it ends the oldest. 0 for no limit.',
    }),
    REFRESHES_PER_SESSION: limit(
      100,
      'Refreshes of one session in `LIMIT_WINDOW_SECONDS`; the next is answered 429, and its token stays valid',
    ),
    REFRESH_GRACE_SECONDS: wholeNumber({ min: 0, max: 60 }).default(refreshGraceSeconds).meta({
      description: 'How long a used refresh token yields its successor again, in seconds; 0 for never.',
      details: 'The clock of the database counts. The [gateway](gateway.md#exchanging-tokens) relies on 10.',
    }),
    REGISTRATION: z.enum(['plain', 'neutral']).default('plain').meta({
      description:
        'Whether the answer to a registration reveals that the e-mail has an account (409), or is always 202.',
      details:
        '`neutral` answers alike in body, headers and time. The login that follows still reveals to the client whether the account is its own, so a secret needs a confirmation by e-mail as well.',
    }),
    CLIENT_ID: z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/)
      .default('first-party')
      .meta({ description: 'The `client_id` claim of access tokens.' }),
  }),
);

/** Parses the environment into the configuration of the user app. @throws ConfigError */
export function parseConfig(env: NodeJS.ProcessEnv) {
  const settings = readConfig(Settings, env);
  return {
    ...serverConfig(settings),
    database: databaseConfig(settings),
    bcryptCost: settings.BCRYPT_COST,
    passwordHashForm: settings.PASSWORD_HASH,
    threads: settings.UV_THREADPOOL_SIZE,
    passwordQueueMax: settings.PASSWORD_QUEUE_MAX,
    accessTokenSeconds: settings.ACCESS_TOKEN_SECONDS,
    jwksMaxAgeSeconds: settings.JWKS_MAX_AGE_SECONDS,
    sessionLife: { absoluteSeconds: settings.SESSION_DAYS * 86_400, idleSeconds: settings.SESSION_IDLE_DAYS * 86_400 },
    sessionsPerAccount: settings.SESSIONS_PER_ACCOUNT,
    refreshGraceSeconds: settings.REFRESH_GRACE_SECONDS,
    refreshLimit: { perSession: settings.REFRESHES_PER_SESSION, windowSeconds: settings.LIMIT_WINDOW_SECONDS },
    clientId: settings.CLIENT_ID,
    registration: settings.REGISTRATION,
    trustedProxies: settings.TRUSTED_PROXIES,
    limits: {
      windowSeconds: settings.LIMIT_WINDOW_SECONDS,
      loginsPerAddress: settings.LOGIN_TRIES_PER_ADDRESS,
      loginsPerAccountAndAddress: settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS,
      loginsPerAccount: settings.LOGIN_TRIES_PER_ACCOUNT,
      successesPerAccount: settings.LOGINS_PER_ACCOUNT,
      registrationsPerAddress: settings.REGISTRATIONS_PER_ADDRESS,
      refreshesPerAddress: settings.REFRESH_TRIES_PER_ADDRESS,
      networkFactor: settings.LIMIT_IPV6_NETWORK_FACTOR,
    },
  };
}
