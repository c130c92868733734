import { randomBytes } from 'node:crypto';
import { openUserDb, type UserDb } from '@auth/db/user';
import type { Metrics } from '@auth/http';
import { parseKeyDocument } from '@auth/keys';
import { openRunIssuer } from '@auth/testkit/app';
import { openTestService, type ServedApp, type TestService } from '@auth/testkit/test-service';
import type { TestIssuer } from '@auth/verify/testing';
import { compose } from '../src/compose.ts';
import { parseConfig } from '../src/config.ts';
import type { RateLimitSettings } from '../src/limits/rate-limits.ts';
import type { HashForm } from '../src/passwords/password-hash.ts';
import { createPasswords } from '../src/passwords/passwords.ts';
import { createWorkQueue, type WorkQueue } from '../src/passwords/work-queue.ts';
import { routes } from '../src/routes.ts';

const defaults = parseConfig({ PORT: '0', AUTH_KEYS: '{}', DATABASE_URL: 'postgresql://127.0.0.1/user' });
/** The password of every user that `addUser` creates. */
export const password = 'correct horse battery staple';
export const life = defaults.sessionLife;
export const graceSeconds = defaults.refreshGraceSeconds;

/** The user app with its own database, keys and clock. */
export interface Harness
  extends ServedApp,
    Pick<TestService<'user', UserDb>, 'db' | 'issuer' | 'calls' | 'decisions' | 'events'> {
  readonly now: () => number;
  /** Moves the clock of the app forward. */
  advance(seconds: number): void;
  /** Moves the clock of the app forward, and makes refresh tokens older, since the clock of the database is real. */
  advanceAll(seconds: number): Promise<void>;
  /** Begins a session like a login, and returns its `sid`. */
  addSession(userId: string): Promise<string>;
  addUser(
    data?: Partial<{ roles: string[]; disabledAt: Date; email: string; passwordHash: string }>,
  ): Promise<{ id: string; email: string }>;
  /** The delays of logins so far, in milliseconds. Tests do not wait for them. */
  readonly delays: readonly number[];
  readonly metrics: Metrics;
}

export interface HarnessOptions {
  /** The URL of the database; a new database by default. */
  readonly url?: string;
  /** The initial time of the clock, in seconds since 1970. */
  readonly startTime?: number;
  /** The queue of password hashes. */
  readonly queue?: WorkQueue;
  /** The bcrypt cost; the lowest one by default, since the unit tests measure the time. */
  readonly cost?: number;
  readonly form?: HashForm;
  /** Rate limits that differ from the generous defaults. */
  readonly limits?: Partial<RateLimitSettings>;
  readonly registration?: 'plain' | 'neutral';
  readonly sessionsPerAccount?: number;
  readonly refreshesPerSession?: number;
  /** The grace of used refresh tokens, in seconds; `graceSeconds` by default. */
  readonly grace?: number;
  /** The trusted proxies. */
  readonly trustedProxies?: readonly string[];
}

const manyAttempts = 100_000;
const generousLimits: RateLimitSettings = {
  windowSeconds: 600,
  loginsPerAddress: manyAttempts,
  loginsPerAccountAndAddress: manyAttempts,
  loginsPerAccount: manyAttempts,
  successesPerAccount: manyAttempts,
  registrationsPerAddress: manyAttempts,
  refreshesPerAddress: manyAttempts,
  networkFactor: 10,
};

/** Opens the app. */
export async function openHarness({
  url,
  startTime = 1_800_000_000,
  queue = createWorkQueue({ concurrency: 2, capacity: 100 }),
  cost = 4,
  form = 'bcrypt-sha256',
  limits = {},
  registration = 'plain',
  sessionsPerAccount = 100,
  refreshesPerSession = 100,
  grace = graceSeconds,
  trustedProxies = [],
}: HarnessOptions = {}): Promise<Harness> {
  let time = startTime;
  const now = () => time;
  const issuer = openRunIssuer(now);
  const keys = keysOf(issuer);
  const [test, passwordHash] = await Promise.all([
    openTestService({ name: 'user', openDb: openUserDb, url, now, issuer, publicKeys: keys.publicKeys }),
    createPasswords({ cost, form, queue }).hash(password),
  ]);
  const { db, parts } = test;
  const delays: number[] = [];
  const { app } = compose({
    config: {
      ...defaults,
      bcryptCost: cost,
      passwordHashForm: form,
      limits: { ...generousLimits, ...limits },
      registration,
      sessionsPerAccount,
      refreshGraceSeconds: grace,
      trustedProxies: [...trustedProxies],
      refreshLimit: { perSession: refreshesPerSession, windowSeconds: 600 },
    },
    db,
    queue,
    service: { ...parts, keys: { current: () => keys }, redis: undefined },
    slowDown: async (ms) => void delays.push(ms),
    countTimes: { timeoutMs: 5000, retryAfterMs: 0 },
  });
  const served = await test.serve(app, routes);

  return {
    ...test,
    ...served,
    now,
    delays,
    metrics: parts.metrics,
    advance(seconds) {
      time += seconds;
    },
    async advanceAll(seconds) {
      time += seconds;
      await db.client.$executeRaw`
        UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => ${seconds}),
          salt_until = salt_until - make_interval(secs => ${seconds}) WHERE used_at IS NOT NULL`;
    },
    async addSession(userId) {
      const at = new Date(time * 1000);
      const data = { userId, scope: 'account', audience: ['user'], authTime: at, lastUsedAt: at };
      const lastIat = Math.floor(time);
      const expiresAt = new Date(at.getTime() + life.absoluteSeconds * 1000);
      const session = { ...data, expiresAt, lastIat, lastExp: lastIat + 600 };
      return (await db.client.session.create({ data: session, select: { id: true } })).id;
    },
    async addUser(data = {}) {
      const email = `${randomBytes(6).toString('hex')}@example.com`;
      const user = { email, name: 'Ada', roles: ['customer'], passwordHash, ...data };
      return db.client.user.create({ data: user, select: { id: true, email: true } });
    },
  };
}

/** Creates keys from a real key document with the key of the issuer. */
function keysOf(issuer: TestIssuer) {
  const jwk = { ...issuer.privateKey.export({ format: 'jwk' }), kid: issuer.kid, alg: 'RS256', use: 'sig' };
  const signing = [{ ...jwk, state: 'active' }];
  const document = { service: 'user', issuer: { iss: issuer.issuer }, signing, calls: {}, accepts: {} };
  return parseKeyDocument(JSON.stringify(document), { service: 'user', source: 'this test' });
}
