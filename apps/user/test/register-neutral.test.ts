import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { createWorkQueue, type WorkQueue } from '../src/passwords/work-queue.ts';
import { type Harness, openHarness, password } from './harness.ts';

const workQueue = createWorkQueue({ concurrency: 2, capacity: 100 });
let hashed = 0;
/** A queue that counts the hashed passwords. */
const queue: WorkQueue = {
  ...workQueue,
  run(job) {
    hashed += 1;
    return workQueue.run(job);
  },
};

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ registration: 'neutral', queue });
});
afterAll(() => harness.close());

const register = (body: object) =>
  request(harness.server)
    .post('/auth/register')
    .send({ name: 'Ada', ...body });
/** Returns the headers without those that name the request or the time. */
function constant(headers: Record<string, string>) {
  const named = ['x-request-id', 'date', 'ratelimit'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !named.includes(name)));
}

describe('POST /auth/register with REGISTRATION=neutral', () => {
  it('answers the same 202 to a new e-mail and to one with an account, after the same work', async () => {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    const before = hashed;
    const created = await register({ email, password });
    expect(hashed - before).toBe(1);
    const known = await register({ email, password: 'staple battery horse correct' });
    expect(hashed - before).toBe(2);
    expect(created.status).toBe(202);
    expect(created.body).toEqual({ status: 'accepted' });
    expect(known.status).toBe(created.status);
    expect(known.text).toBe(created.text);
    expect(constant(known.headers)).toEqual(constant(created.headers));
  });

  it('creates the account of a new e-mail, and does not change an existing one', async () => {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    await register({ email, password });
    await register({ email, password: 'staple battery horse correct', name: 'Eve' });
    const logIn = (typed: string) => request(harness.server).post('/auth/login').send({ email, password: typed });
    expect((await logIn(password)).status).toBe(200);
    expect((await logIn('staple battery horse correct')).status).toBe(401);
    expect((await harness.db.client.user.findUniqueOrThrow({ where: { email } })).name).toBe('Ada');
  });

  it('answers 422 and names the wrong fields', async () => {
    const { body } = await register({ email: 'ada', password });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '/email' }] });
  });
});
