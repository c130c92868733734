import { createSecretKey, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Prisma, ProductDb } from '@auth/db/product';
import { openProductDb } from '@auth/db/product';
import type { Metrics } from '@auth/http';
import { auditCalls, createLog, createMetrics, createReadiness, createUserHash } from '@auth/http';
import { createUserTokenVerifier } from '@auth/service';
import { openTestDatabase } from '@auth/testkit';
import type { Decision, RunEdges } from '@auth/testkit/app';
import { checkResponses, createRunEdges, openRunIssuer, recordDecisions, serveApp } from '@auth/testkit/app';
import { createServiceTokenVerifier, createSingleUseStore } from '@auth/verify';
import type { TestIssuer } from '@auth/verify/testing';
import { buildApp } from '../src/app.ts';
import { openApi } from '../src/openapi.ts';
import { createProductStore } from '../src/product-store.ts';
import type { Product } from '../src/products.ts';
import { createProducts } from '../src/products.ts';
import { createQuotes } from '../src/quotes.ts';

/** The product app as `main.ts` builds it, on a database, keys and a clock of its own. */
export interface Harness {
  readonly server: Server;
  readonly db: ProductDb;
  readonly issuer: TestIssuer;
  /** What every other service signs with. Only order is listed for an operation. */
  readonly calls: RunEdges<'product'>['calls'];
  readonly now: () => number;
  /** An Authorization header of a new user with these scopes. */
  bearer(scope: string): string;
  addProduct(data?: Partial<Prisma.ProductCreateInput>): Promise<Product>;
  /** The decisions on service calls so far, as they were logged. */
  decisions(): Decision[];
  readonly metrics: Metrics;
  /** @throws Error naming the answers that the API document does not tell of. */
  close(): Promise<void>;
}

/** Opens the app on a database of its own, or on the one at `url`. */
export async function openHarness(url?: string): Promise<Harness> {
  const opening = url === undefined ? openTestDatabase('product') : undefined;
  const now = () => 1_800_000_000;
  const issuer = openRunIssuer(now);
  const edges = createRunEdges('product');
  const verify = createUserTokenVerifier({
    ...{ issuer: issuer.issuer, audience: 'product', keys: issuer.keys, revocations: null, now },
  });
  const calls = createServiceTokenVerifier({
    ...{ service: 'product', keys: edges.accepts, accessTokens: null },
    ...{ singleUse: createSingleUseStore({ capacity: 1000, now }), now },
  });
  const database = await opening;
  const db = openProductDb({ url: database?.url ?? url ?? '' });
  const store = createProductStore(db);
  const { destination, decisions } = recordDecisions();
  const log = createLog({ service: 'product', level: 'info', format: 'json', destination });
  const metrics = createMetrics({ service: 'product' });
  const hashUser = createUserHash(createSecretKey(randomBytes(32)));
  const app = buildApp({
    ...{ products: createProducts({ store }), quotes: createQuotes({ store }), verify, calls },
    issuer: issuer.issuer,
    audit: auditCalls({ log, metrics, hashUser }),
    log,
    readiness: createReadiness({ database: db.ping }),
    metrics,
  });
  const responses = checkResponses(app, openApi);
  const { server, close } = await serveApp(responses.listener);

  return {
    ...{ server, db, issuer, now, calls: edges.calls },
    bearer: (scope) => `Bearer ${issuer.token({ scope })}`,
    async addProduct(data = {}) {
      const standard = { sku: newSku(), name: 'Mug', price: 1250, currency: 'EUR', stock: 10 };
      const omit = { createdAt: true } as const;
      return db.client.product.create({ data: { ...standard, ...data }, omit });
    },
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

/** A sku that no other product has. */
export function newSku(): string {
  return `SKU-${randomBytes(6).toString('hex')}`;
}
