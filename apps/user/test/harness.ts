import { randomBytes } from 'node:crypto';
import type { UserDb } from '@auth/db/user';
import { openUserDb } from '@auth/db/user';
import type { Metrics } from '@auth/http';
import { parseKeyDocument } from '@auth/keys';
import { openRunIssuer } from '@auth/testkit/app';
import type { ServedApp, TestService } from '@auth/testkit/test-service';
import { openTestService } from '@auth/testkit/test-service';
import type { TestIssuer } from '@auth/verify/testing';
import { compose } from '../src/compose.ts';
import { parseConfig } from '../src/config.ts';
import type { RateLimitSettings } from '../src/limits/rate-limits.ts';
import type { HashForm } from '../src/passwords/password-hash.ts';
import { createPasswords } from '../src/passwords/passwords.ts';
import type { WorkQueue } from '../src/passwords/work-queue.ts';
import { createWorkQueue } from '../src/passwords/work-queue.ts';
import { routes } from '../src/routes.ts';

const usual = parseConfig({ PORT: '0', AUTH_KEYS: '{}', DATABASE_URL: 'postgresql://127.0.0.1/user' });
/** The password of every user that `addUser` makes. */
export const password = 'correct horse battery staple';
export const life = usual.sessionLife;
export const graceSeconds = usual.refreshGraceSeconds;

/** The user app on a database, keys and a clock of its own. */
export interface Harness
  extends ServedApp,
    Pick<TestService<'user', UserDb>, 'db' | 'issuer' | 'calls' | 'decisions' | 'events'> {
  readonly now: () => number;
  /** Moves the clock of the app forward. */
  advance(seconds: number): void;
  /** Moves the clock of the app forward, and makes refresh tokens as much older for the database, whose clock is real. */
  advanceAll(seconds: number): Promise<void>;
  /** Begins a session, as a login does, and returns its `sid`. */
  addSession(userId: string): Promise<string>;
  addUser(
    data?: Partial<{ roles: string[]; disabledAt: Date; email: string; passwordHash: string }>,
  ): Promise<{ id: string; email: string }>;
  /** How long logins were made to wait so far, in milliseconds: said here instead of waited for. */
  readonly delays: readonly number[];
  readonly metrics: Metrics;
}

/** What differs from one app under test to the next. */
export interface HarnessOptions {
  /** The database; one of its own unless given. */
  readonly url?: string;
  /** Where its clock stands. */
  readonly startTime?: number;
  /** Where passwords are hashed. */
  readonly queue?: WorkQueue;
  /** How hard that is; as little as bcrypt can do unless given, since its time is a matter of the unit's own test. */
  readonly cost?: number;
  readonly form?: HashForm;
  /** Limits on tries that differ from those nobody comes near. */
  readonly limits?: Partial<RateLimitSettings>;
  readonly registration?: 'plain' | 'neutral';
  readonly sessionsPerAccount?: number;
  readonly refreshesPerSession?: number;
  /** `graceSeconds` unless given. */
  readonly grace?: number;
  /** The proxies it believes. */
  readonly trustedProxies?: readonly string[];
}

const manyTries = 100_000;
const generousLimits: RateLimitSettings = {
  windowSeconds: 600,
  loginsPerAddress: manyTries,
  loginsPerAccountAndAddress: manyTries,
  loginsPerAccount: manyTries,
  successesPerAccount: manyTries,
  registrationsPerAddress: manyTries,
  refreshesPerAddress: manyTries,
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
      ...{ ...usual, bcryptCost: cost, passwordHashForm: form, limits: { ...generousLimits, ...limits } },
      ...{ registration, sessionsPerAccount, refreshGraceSeconds: grace, trustedProxies: [...trustedProxies] },
      refreshLimit: { perSession: refreshesPerSession, windowSeconds: 600 },
    },
    ...{ db, queue, service: { ...parts, keys: { current: () => keys }, redis: undefined } },
    slowDown: async (ms) => void delays.push(ms),
    countTimes: { timeoutMs: 5000, retryAfterMs: 0 },
  });
  const served = await test.serve(app, routes);

  return {
    ...{ ...test, ...served, now, delays, metrics: parts.metrics },
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

/** The issuer's key by way of a real key document. */
function keysOf(issuer: TestIssuer) {
  const jwk = { ...issuer.privateKey.export({ format: 'jwk' }), kid: issuer.kid, alg: 'RS256', use: 'sig' };
  const signing = [{ ...jwk, state: 'active' }];
  const document = { service: 'user', issuer: { iss: issuer.issuer }, signing, calls: {}, accepts: {} };
  return parseKeyDocument(JSON.stringify(document), { service: 'user', source: 'this test' });
}
