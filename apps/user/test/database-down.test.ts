import { randomUUID } from 'node:crypto';
import { databaseNowhere, expectUnavailable, sendCall } from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { contactCall } from './contact-calls.ts';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ url: databaseNowhere });
});
afterAll(() => harness.close());

describe('the user app without its database', () => {
  it('answers 503 with Retry-After, never 401, and 200 to requests that need no database', async () => {
    const { server } = harness;
    const email = 'eve@example.com';
    const refresh_token = 'A'.repeat(43);
    const authorization = `Bearer ${harness.issuer.token({ scope: 'account' })}`;
    const admin = `Bearer ${harness.issuer.token({ scope: 'user:admin' })}`;
    await expectUnavailable([
      () => request(server).post('/auth/login').send({ email, password }),
      () => request(server).post('/auth/register').send({ email, password, name: 'Eve' }),
      () => request(server).post('/auth/refresh').send({ refresh_token }),
      () => request(server).post('/auth/logout').send({ refresh_token }),
      () => request(server).get('/users').set('Authorization', admin),
      () => request(server).get(`/users/${randomUUID()}`).set('Authorization', admin),
      () => request(server).patch(`/users/${randomUUID()}`).set('Authorization', admin).send({ disabled: true }),
      () =>
        request(server)
          .put('/users/me/password')
          .set('Authorization', authorization)
          .send({ current: 'x', next: password }),
      () => request(server).get('/users/me').set('Authorization', authorization),
      () => request(server).get('/users/me/contact').set('Authorization', authorization),
      () => sendCall(harness, contactCall(harness, randomUUID()).sent),
      () => request(server).get('/readyz'),
    ]);
    for (const path of ['/livez', '/.well-known/jwks.json']) expect((await request(server).get(path)).status).toBe(200);
  });
});
