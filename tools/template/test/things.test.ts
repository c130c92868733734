import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

// What is refused is tested for every route in access.test.ts.
describe('GET /things/:id', () => {
  it('answers 200 with the thing', async () => {
    const path = '/things/019b0000-0000-7000-8000-0000000000a1';
    const { status, headers, body } = await request(harness.server).get(path).set('Authorization', harness.bearer());
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({ id: '019b0000-0000-7000-8000-0000000000a1', name: 'First thing' });
  });
});
