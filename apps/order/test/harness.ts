import { randomUUID } from 'node:crypto';
import { type OrderDb, openOrderDb } from '@auth/db/order';
import type { Metrics } from '@auth/http';
import { createUserTokenVerifier } from '@auth/service';
import { openTestService, type ServedApp, type TestService } from '@auth/testkit/test-service';
import type { AccessTokenVerifier } from '@auth/verify';
import { type Clients, compose } from '../src/compose.ts';
import { routes } from '../src/routes.ts';

/** A user who places orders. */
export interface Customer {
  readonly id: string;
  /** Returns the Authorization header, by default with the scopes of a customer and all audiences. */
  bearer(claims?: { scope?: string; aud?: string[] }): string;
}

/** The order app with its own database, keys and clock. */
export interface Harness
  extends ServedApp,
    Pick<TestService<'order', OrderDb>, 'db' | 'issuer' | 'calls' | 'decisions'> {
  readonly now: () => number;
  advance(seconds: number): void;
  newCustomer(): Customer;
  /** The access token verifier of another service. */
  verifierOf(audience: string): AccessTokenVerifier;
  countOrders(customer: Customer): Promise<number>;
  readonly metrics: Metrics;
}

/** The services that order calls, and the URL of the database; a new database by default. */
export interface HarnessOptions extends Clients {
  readonly url?: string;
}

/** Opens the app. */
export async function openHarness({ catalog, contacts, url }: HarnessOptions): Promise<Harness> {
  let time = 1_800_000_000;
  const now = () => time;
  const test = await openTestService({ name: 'order', openDb: openOrderDb, url, now });
  const { db, issuer, parts } = test;
  const config = { idempotencyKeysPerUser: 20 };
  const served = await test.serve(compose({ config, db, service: parts, catalog, contacts }).app, routes);

  return {
    ...test,
    ...served,
    now,
    metrics: parts.metrics,
    advance(seconds) {
      time += seconds;
    },
    newCustomer() {
      const id = randomUUID();
      const scope = 'account product:read order:read order:write';
      return { id, bearer: (claims) => `Bearer ${issuer.token({ sub: id, scope, ...claims })}` };
    },
    verifierOf: (audience) =>
      createUserTokenVerifier({ issuer: issuer.issuer, audience, keys: issuer.keys, revocations: null, now }),
    countOrders: ({ id }) => db.client.order.count({ where: { userId: id } }),
  };
}
