import type { Metrics } from '@auth/http';
import { type ConnectedCallee, openConnectedCallee } from '@auth/testkit/callee';
import { openTestService, type ServedApp, type TestService } from '@auth/testkit/test-service';
import { compose } from '../src/compose.ts';
// with calls:
import { operationsBetween } from '../src/contracts.ts';
// end
// for each callee:
import { createOrderClient } from '../src/order-client.ts';
// end
import { routes } from '../src/routes.ts';

/** The template app on keys and a clock of its own. */
export interface Harness extends ServedApp, Pick<TestService<'template', undefined>, 'issuer' | 'calls' | 'decisions'> {
  readonly now: () => number;
  readonly metrics: Metrics;
  /** Returns the Authorization header of a new admin. */
  bearer(scope?: string): string;
  // with calls:
  /** Servers in the place of the services that template calls. */
  readonly callees: {
    // for each callee:
    readonly order: ConnectedCallee;
    // end
  };
  // end
}

/** Opens the app. */
export async function openHarness(): Promise<Harness> {
  const now = () => 1_800_000_000;
  const test = await openTestService({ name: 'template', now });
  const { issuer, parts } = test;
  // with calls:
  const callees = {
    // for each callee:
    order: await openConnectedCallee({
      caller: 'template',
      operations: operationsBetween('template', 'order'),
      issuer,
      now,
    }),
    // end
  };
  const clients = {
    // for each callee:
    order: createOrderClient(callees.order.connection),
    // end
  };
  // end
  const served = await test.serve(compose({ service: parts, clients }).app, routes);
  return {
    ...test,
    ...served,
    now,
    metrics: parts.metrics,
    bearer: (scope = 'user:admin') => `Bearer ${issuer.token({ scope: `${scope} account` })}`,
    // with calls:
    callees,
    async close() {
      await served.close();
      await Promise.all(Object.values(callees).map((callee) => callee.close()));
    },
    // end
  };
}
