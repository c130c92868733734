import { testOtherMethodsOf, testRouteRefusals } from '@auth/testkit/app';
import { afterAll, beforeAll } from '@jest/globals';
import { routes } from '../src/routes.ts';
import { type Harness, openHarness } from './harness.ts';
import { createShop } from './shop.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(createShop());
});
afterAll(() => harness.close());

testRouteRefusals({ service: 'order', routes, app: () => harness });
testOtherMethodsOf(['GET /internal/orders/:id'], () => harness);
