import { createSecretKey, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { services } from '@auth/contracts';
import type { UserDb } from '@auth/db/user';
import { openUserDb } from '@auth/db/user';
import type { Metrics } from '@auth/http';
import { auditCalls, auditEvents, createLog, createMetrics, createReadiness, createUserHash } from '@auth/http';
import { parseKeyDocument } from '@auth/keys';
import { createUserTokenVerifier } from '@auth/service';
import { openTestDatabase } from '@auth/testkit';
import type { Decision, RunEdges } from '@auth/testkit/app';
import { checkResponses, createRunEdges, openRunIssuer, recordDecisions, serveApp } from '@auth/testkit/app';
import { createServiceTokenVerifier, createSingleUseStore } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import type { AccountEvent } from '../src/account-event.ts';
import { createAccountStore } from '../src/account-store.ts';
import { createAccounts } from '../src/accounts.ts';
import { buildApp } from '../src/app.ts';
import { allScopes } from '../src/grants.ts';
import { openKnownGuesses } from '../src/known-guesses.ts';
import { openApi } from '../src/openapi.ts';
import type { HashForm } from '../src/password-hash.ts';
import { createPasswordHashStore } from '../src/password-hash-store.ts';
import { createPasswords } from '../src/passwords.ts';
import { createRateLimitStore } from '../src/rate-limit-store.ts';
import type { RateLimitSettings } from '../src/rate-limits.ts';
import { createRateLimits } from '../src/rate-limits.ts';
import { createRefresh } from '../src/refresh.ts';
import { createRefreshStore } from '../src/refresh-store.ts';
import { createRehash } from '../src/rehash.ts';
import { createSessionStore } from '../src/session-store.ts';
import { createSessions } from '../src/sessions.ts';
import { createTokenIssuer } from '../src/tokens.ts';
import { createUserAdmin } from '../src/user-admin.ts';
import { createUserAdminStore } from '../src/user-admin-store.ts';
import type { WorkQueue } from '../src/work-queue.ts';
import { createWorkQueue } from '../src/work-queue.ts';

/** The password of every user that `addUser` makes. */
export const password = 'correct horse battery staple';
export const life = { absoluteSeconds: 30 * 86_400, idleSeconds: 7 * 86_400 };
export const graceSeconds = 10;

/** The user app as `main.ts` builds it, on a database, keys and a clock of its own. */
export interface Harness {
  readonly server: Server;
  readonly db: UserDb;
  readonly issuer: TestIssuer;
  /** What every other service signs with. Only order is listed for an operation. */
  readonly calls: RunEdges<'user'>['calls'];
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
  /** The decisions on service calls so far, as they were logged. */
  decisions(): Decision[];
  /** The events of accounts so far, as they were logged. */
  events(): Decision[];
  /** How long logins were made to wait so far, in milliseconds: said here instead of waited for. */
  readonly delays: readonly number[];
  readonly metrics: Metrics;
  /** @throws Error naming the answers that the API document does not tell of. */
  close(): Promise<void>;
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
  const passwords = createPasswords({ cost, form, queue });
  const opening = Promise.all([url === undefined ? openTestDatabase('user') : undefined, passwords.hash(password)]);
  let time = startTime;
  const now = () => time;
  const issuer = openRunIssuer(now);
  const { signing, publicKeys } = keysOf(issuer);
  const edges = createRunEdges('user');
  const verify = createUserTokenVerifier({
    ...{ issuer: issuer.issuer, audience: 'user', keys: publicKeys, revocations: null, now },
  });
  const singleUse = createSingleUseStore({ capacity: 1000, now });
  const tokens = createTokenIssuer({
    ...{ issuer: issuer.issuer, clientId: 'first-party', lifetimeSeconds: 600, signingKey: () => signing.active },
  });
  const [database, passwordHash] = await opening;
  const db = openUserDb({ url: database?.url ?? url ?? '' });
  const { destination, decisions, events } = recordDecisions();
  const log = createLog({ service: 'user', level: 'info', format: 'json', destination });
  const metrics = createMetrics({ service: 'user' });
  const hashUser = createUserHash(createSecretKey(randomBytes(32)));
  const accountAudit = auditEvents<AccountEvent>({
    ...{ log, metrics, metric: 'auth_account_events_total', help: 'Events of accounts.' },
  });
  const delays: number[] = [];
  const refreshing = createRefresh({
    store: createRefreshStore(db),
    tokens,
    life,
    graceSeconds: grace,
    limit: { perSession: refreshesPerSession, windowSeconds: 600 },
    audit: accountAudit,
    now,
  });
  const settings = { ...generousLimits, ...limits };
  const limitStore = createRateLimitStore({
    ...{ ask: db.ask, timeoutMs: 5000, retryAfterMs: 0, onFallback: () => {} },
  });
  const knownGuesses = openKnownGuesses(limitStore, { ...settings, key: createSecretKey(randomBytes(32)) });
  const app = buildApp({
    accounts: createAccounts({ store: createAccountStore(db), passwords, audit: accountAudit }),
    sessions: createSessions({
      ...{
        store: createSessionStore(db, { maxPerAccount: sessionsPerAccount }),
        ...refreshing,
        passwords,
        tokens,
        audience: services,
        life,
        now,
      },
      knownGuesses: knownGuesses.ofLogins,
      rehash: createRehash({ passwords, store: createPasswordHashStore(db), audit: accountAudit }),
      audit: accountAudit,
    }),
    admin: createUserAdmin({ store: createUserAdminStore(db), audit: accountAudit, now }),
    limits: createRateLimits({
      ...{ store: limitStore, settings, audit: accountAudit },
      knownGuesses: knownGuesses.ofRefreshes,
      delay: async (ms) => void delays.push(ms),
    }),
    ...{ registration, trustedProxies },
    discovery: { issuer: issuer.issuer, jwks: () => signing.jwks, jwksMaxAgeSeconds: 300, scopes: allScopes },
    ...{ issuer: issuer.issuer, verify },
    calls: createServiceTokenVerifier({ service: 'user', keys: edges.accepts, accessTokens: verify, singleUse, now }),
    audit: auditCalls({ log, metrics, hashUser }),
    log,
    readiness: createReadiness({ database: db.ping }),
    metrics,
  });
  const responses = checkResponses(app, openApi);
  const { server, close } = await serveApp(responses.listener);

  return {
    ...{ server, db, issuer, now, calls: edges.calls },
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
    ...{ decisions, events, delays },
    metrics,
    async close() {
      close();
      await db.close();
      await database?.drop();
      responses.assertTrue();
    },
  };
}

/** The issuer's key by way of a real key document. */
function keysOf(issuer: TestIssuer) {
  const jwk = { ...issuer.privateKey.export({ format: 'jwk' }), kid: issuer.kid, alg: 'RS256', use: 'sig' };
  const signing = [{ ...jwk, state: 'active' }];
  const document = { service: 'user', issuer: { iss: issuer.issuer }, signing, calls: {}, accepts: {} };
  const keys = parseKeyDocument(JSON.stringify(document), { service: 'user', source: 'this test' });
  if (keys.signing === undefined) throw new Error('no signing key');
  return { signing: keys.signing, publicKeys: keys.publicKeys };
}
