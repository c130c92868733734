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
import { accessTokenSeconds, jwksFreshSeconds, maxAccessTokenSeconds } from '@auth/verify/times';
import * as z from 'zod';

const tries = (usual: number, what: string) =>
  wholeNumber({ min: 0, max: 1_000_000 }).default(usual).describe(`${what}; 0 for no such limit.`);

/** How many tries are let through in a window of time. */
const LimitSettings = {
  LIMIT_WINDOW_SECONDS: wholeNumber({ min: 1, max: 86_400 })
    .default(600)
    .describe('How long tries are counted together, in seconds.'),
  LOGIN_TRIES_PER_ADDRESS: tries(100, 'Wrong logins from one address before the next is refused'),
  LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS: tries(10, 'Wrong logins to one account from one address, likewise'),
  LOGIN_TRIES_PER_ACCOUNT: tries(50, 'Wrong logins to one account before others take longer'),
  LOGINS_PER_ACCOUNT: tries(200, 'Right logins to one account before the next is refused: each costs a password hash'),
  REGISTRATIONS_PER_ADDRESS: tries(30, 'Registrations from one address before the next is refused'),
  REFRESH_TRIES_PER_ADDRESS: tries(300, 'Failed refreshes from one address before the next is refused'),
  LIMIT_IPV6_NETWORK_FACTOR: wholeNumber({ min: 0, max: 65_536 })
    .default(10)
    .describe('The limit of an IPv6 network (/48), as a multiple of the limit of one address; 0 for no such limit.'),
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
      .describe('How hard a password hash is: each step doubles the work.'),
    PASSWORD_HASH: z
      .enum(['bcrypt-sha256', 'bcrypt'])
      .default('bcrypt-sha256')
      .describe('The form of new password hashes; bcrypt while a build that reads only that form is in use.'),
    UV_THREADPOOL_SIZE: wholeNumber({ min: 2, max: 1024 })
      .default(4)
      .describe('The threads that Node has for passwords, files and DNS; passwords leave one free.'),
    PASSWORD_QUEUE_MAX: wholeNumber({ min: 1, max: 10_000 })
      .default(64)
      .describe('How many logins and registrations may wait for their turn; more are answered 503.'),
    ACCESS_TOKEN_SECONDS: wholeNumber({ min: 60, max: maxAccessTokenSeconds })
      .default(accessTokenSeconds)
      .describe('How long an access token is good for, in seconds.'),
    JWKS_MAX_AGE_SECONDS: wholeNumber({ min: 1, max: 86_400 })
      .default(jwksFreshSeconds)
      .describe('How long others may cache the public keys, in seconds; a new signing key waits that long.'),
    SESSION_DAYS: wholeNumber({ min: 1, max: 365 })
      .default(30)
      .describe('How long a login lasts at most, in days, however often it is refreshed.'),
    SESSION_IDLE_DAYS: wholeNumber({ min: 1, max: 365 })
      .default(7)
      .describe('How long a login lasts without being refreshed, in days.'),
    SESSIONS_PER_ACCOUNT: wholeNumber({ min: 0, max: 10_000 })
      .default(100)
      .describe('How many sessions one account may have; a login beyond it ends the oldest. 0 for any number.'),
    REFRESHES_PER_SESSION: tries(100, 'Refreshes of one session before the next is refused'),
    REFRESH_GRACE_SECONDS: wholeNumber({ min: 0, max: 60 })
      .default(10)
      .describe('How long a used refresh token yields its successor once more, in seconds; 0 for never.'),
    REGISTRATION: z
      .enum(['plain', 'neutral'])
      .default('plain')
      .describe('Whether a registration tells that the e-mail has an account (409), or answers 202 either way.'),
    CLIENT_ID: z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/)
      .default('first-party')
      .describe('The client_id claim of access tokens.'),
  }),
);

/** The settings of the user app. @throws ConfigError */
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
