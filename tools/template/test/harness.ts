import type { Metrics } from '@auth/http';
import type { Callee } from '@auth/testkit/neighbour';
import { openCallee } from '@auth/testkit/neighbour';
import type { ServedApp, TestService } from '@auth/testkit/test-service';
import { openTestService } from '@auth/testkit/test-service';
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
  // for each callee:
  readonly order: Callee;
  // end
}

/** Opens the app, and in front of it a server in the place of each service that it calls. */
export async function openHarness(): Promise<Harness> {
  const now = () => 1_800_000_000;
  const test = await openTestService({ name: 'template', now });
  const { issuer, parts } = test;
  // for each callee:
  const order = await openCallee({
    caller: 'template',
    operations: operationsBetween('template', 'order'),
    issuer,
    now,
  });
  // end
  const clients = {
    // for each callee:
    order: createOrderClient(order.connection),
    // end
  };
  const served = await test.serve(compose({ service: parts, clients }).app, routes);
  return {
    ...{ ...test, ...served, now, metrics: parts.metrics },
    bearer: (scope = 'user:admin') => `Bearer ${issuer.token({ scope: `${scope} account` })}`,
    // for each callee:
    order,
    // end
    async close() {
      await served.close();
      // for each callee:
      await order.close();
      // end
    },
  };
}
