import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { OrderDb } from '@auth/db/order';
import { openOrderDb } from '@auth/db/order';
import type { Metrics } from '@auth/http';
import { auditCalls, createLog, createMetrics, createReadiness, createUserHash } from '@auth/http';
import { createUserTokenVerifier } from '@auth/service';
import { openTestDatabase } from '@auth/testkit';
import type { Decision, RunEdges } from '@auth/testkit/app';
import { checkResponses, createRunEdges, openRunIssuer, recordDecisions, serveApp } from '@auth/testkit/app';
import type { AccessTokenVerifier } from '@auth/verify';
import { createServiceTokenVerifier, createSingleUseStore } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import { buildApp } from '../src/app.ts';
import { createIdempotency } from '../src/idempotency.ts';
import { createIdempotencyStore } from '../src/idempotency-store.ts';
import { openApi } from '../src/openapi.ts';
import { createOrderStore } from '../src/order-store.ts';
import type { Catalog, Contacts } from '../src/orders.ts';
import { createOrders } from '../src/orders.ts';

/** Someone who orders. */
export interface Customer {
  readonly id: string;
  /** The Authorization header, with the scopes of a customer and all audiences unless claims say otherwise. */
  bearer(claims?: { scope?: string; aud?: string[] }): string;
}

/** The order app as `main.ts` builds it, on a database, keys and a clock of its own. */
export interface Harness {
  readonly server: Server;
  readonly db: OrderDb;
  readonly issuer: TestIssuer;
  /** What every other service signs with: this app knows them all, whether they are listed for an operation or not. */
  readonly calls: RunEdges<'order'>['calls'];
  readonly now: () => number;
  advance(seconds: number): void;
  newCustomer(): Customer;
  /** A verifier as another service would have it. */
  verifierOf(audience: string): AccessTokenVerifier;
  countOrders(customer: Customer): Promise<number>;
  /** The decisions on service calls so far, as they were logged. */
  decisions(): Decision[];
  readonly metrics: Metrics;
  /** @throws Error naming the answers that the API document does not tell of. */
  close(): Promise<void>;
}

/** What the app's orders stand on; the database is one of its own unless there is a `url`. */
export interface HarnessOptions {
  readonly catalog: Catalog;
  readonly contacts: Contacts;
  readonly url?: string;
}

/** Opens the app. */
export async function openHarness({ catalog, contacts, url }: HarnessOptions): Promise<Harness> {
  const opening = url === undefined ? openTestDatabase('order') : undefined;
  let time = 1_800_000_000;
  const now = () => time;
  const keysPerUser = 20;
  const issuer = openRunIssuer(now);
  const edges = createRunEdges('order');
  const verifierOf = (audience: string) =>
    createUserTokenVerifier({ issuer: issuer.issuer, audience, keys: issuer.keys, revocations: null, now });
  const verify = verifierOf('order');
  const calls = createServiceTokenVerifier({
    ...{ service: 'order', keys: edges.accepts, accessTokens: verify },
    ...{ singleUse: createSingleUseStore({ capacity: 1000, now }), now },
  });
  const database = await opening;
  const db = openOrderDb({ url: database?.url ?? url ?? '' });
  const keys = { store: createIdempotencyStore(db), leaseSeconds: 20, keepSeconds: 86_400, keysPerUser };
  const idempotency = createIdempotency({ ...keys, now });
  const { destination, decisions } = recordDecisions();
  const log = createLog({ service: 'order', level: 'info', format: 'json', destination });
  const metrics = createMetrics({ service: 'order' });
  const hashUser = createUserHash(createSecretKey(randomBytes(32)));
  const app = buildApp({
    ...{ orders: createOrders({ store: createOrderStore(db), catalog, contacts, idempotency }), verify, calls },
    issuer: issuer.issuer,
    audit: auditCalls({ log, metrics, hashUser }),
    log,
    readiness: createReadiness({ database: db.ping }),
    metrics,
  });
  const responses = checkResponses(app, openApi);
  const { server, close } = await serveApp(responses.listener);

  return {
    ...{ server, db, issuer, now, verifierOf, calls: edges.calls },
    advance(seconds) {
      time += seconds;
    },
    newCustomer() {
      const id = randomUUID();
      const scope = 'account product:read order:read order:write';
      return { id, bearer: (claims) => `Bearer ${issuer.token({ sub: id, scope, ...claims })}` };
    },
    countOrders: ({ id }) => db.client.order.count({ where: { userId: id } }),
    decisions,
    metrics,
    async close() {
      close();
      await db.close();
      await database?.drop();
      responses.assertTrue();
    },
  };
}
