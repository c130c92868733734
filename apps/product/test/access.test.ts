import { testOtherMethodsOf, testRouteRefusals } from '@auth/testkit/app';
import { afterAll, beforeAll } from '@jest/globals';
import { routes } from '../src/routes.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

testRouteRefusals({ service: 'product', routes, app: () => harness, headers: { 'If-Match': '"1"' } });
testOtherMethodsOf(['POST /internal/quotes'], () => harness);
