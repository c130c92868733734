import { json, problem, sick } from '@auth/testkit/callee';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const id = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
/** Answers of a service that is called, and what a client of this service gets. */
const answers = [
  ['404', 404, 'not_found', problem(404, 'not_found')],
  ['403', 502, 'upstream_failed', problem(403, 'caller_not_allowed')],
  ['503', 503, 'unavailable', problem(503, 'unavailable')],
  ['with another body than the operation has', 502, 'upstream_failed', json([])],
  ['with a page', 502, 'upstream_failed', sick['answers with a page']],
  ['nothing and hangs up', 503, 'unavailable', sick['hangs up']],
] as const;

// for each read:

describe('GET /order/orders/:id', () => {
  it.each(answers)('when order answers %s, answers %i %s', async (_case, status, code, answer) => {
    harness.callees.order.answer(answer);
    const before = harness.callees.order.requests.length;
    const sent = request(harness.server).get(`/order/orders/${id}`).set('Authorization', harness.bearer());
    expect((await sent).body).toMatchObject({ status, code });
    const [seen, ...others] = harness.callees.order.requests.slice(before);
    expect(others).toEqual([]);
    expect(seen).toHaveProperty('service-token');
    // read without a user:
    expect(seen).not.toHaveProperty('authorization');
    // end
  });
});
// end
