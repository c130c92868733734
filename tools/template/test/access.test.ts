import { testOtherMethodsOf, testRouteRefusals } from '@auth/testkit/app';
import { afterAll, beforeAll } from '@jest/globals';
import { routes } from '../src/routes.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

testRouteRefusals({ service: 'template', routes, app: () => harness, bearer: (scope) => harness.bearer(scope) });
testOtherMethodsOf(['GET /internal/things/:id'], () => harness);
