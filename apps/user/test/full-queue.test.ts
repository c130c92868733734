import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { createWorkQueue } from '../src/passwords/work-queue.ts';
import { type Harness, openHarness, password } from './harness.ts';

const limits = { concurrency: 1, capacity: 1 };
const queue = createWorkQueue(limits);
const full = { running: 1, waiting: 1 };
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ queue });
});
afterAll(() => harness.close());

const logIn = (email: string) => request(harness.server).post('/auth/login').send({ email, password });

let user: { id: string; email: string };
let tokens: { access_token: string; refresh_token: string };
let empty: () => Promise<void>;
beforeEach(async () => {
  user = await harness.addUser();
  tokens = (await logIn(user.email)).body;
  empty = fillQueue();
});
afterEach(() => empty());

/** Fills the queue with jobs. The returned function ends them. */
function fillQueue(): () => Promise<void> {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const jobs = Array.from({ length: limits.concurrency + limits.capacity }, () => queue.run(() => ended));
  return async () => {
    end();
    await Promise.all(jobs);
  };
}

describe('the user app with a full password queue', () => {
  it('answers 503 with Retry-After to requests that hash a password, for known and unknown e-mails', async () => {
    const next = 'staple battery horse correct';
    const answers = await Promise.all([
      logIn(user.email),
      logIn(`x${user.email}`),
      request(harness.server)
        .post('/auth/register')
        .send({ email: `y${user.email}`, password: next, name: 'Eve' }),
      request(harness.server)
        .put('/users/me/password')
        .set('Authorization', `Bearer ${tokens.access_token}`)
        .send({ current: password, next }),
    ]);
    for (const { headers, body } of answers) {
      expect(body).toMatchObject({ status: 503, code: 'unavailable' });
      expect(body.detail).toBe('Too many logins at a time: try again shortly.');
      expect(headers).toMatchObject({ 'retry-after': '3', 'cache-control': 'no-store' });
      expect(headers).not.toHaveProperty('www-authenticate');
    }
    expect(await harness.db.client.user.count({ where: { email: `y${user.email}` } })).toBe(0);
    expect(queue.stats()).toEqual(full);
  });

  it('answers all other requests', async () => {
    const { server } = harness;
    const me = await request(server).get('/users/me').set('Authorization', `Bearer ${tokens.access_token}`);
    expect(me.body).toMatchObject({ id: user.id });
    const refreshed = await request(server).post('/auth/refresh').send({ refresh_token: tokens.refresh_token });
    expect(refreshed.status).toBe(200);
    const { refresh_token } = refreshed.body;
    expect((await request(server).post('/auth/logout').send({ refresh_token })).status).toBe(204);
    for (const path of ['/livez', '/readyz', '/.well-known/jwks.json']) {
      expect((await request(server).get(path)).status).toBe(200);
    }
    expect(queue.stats()).toEqual(full);
  });

  it('answers 200 to a login when the queue has room again', async () => {
    expect((await logIn(user.email)).status).toBe(503);
    await empty();
    expect((await logIn(user.email)).status).toBe(200);
  });
});
