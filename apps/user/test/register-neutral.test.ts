import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { WorkQueue } from '../src/passwords/work-queue.ts';
import { createWorkQueue } from '../src/passwords/work-queue.ts';
import type { Harness } from './harness.ts';
import { openHarness, password } from './harness.ts';

const workQueue = createWorkQueue({ concurrency: 2, capacity: 100 });
let hashed = 0;
/** Counts the passwords that are hashed. */
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
/** The headers, but for those that name one request or the moment. */
function constant(headers: Record<string, string>) {
  const named = ['x-request-id', 'date', 'ratelimit'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !named.includes(name)));
}

describe('POST /auth/register where registrations are neutral', () => {
  it('answers 202 alike to a new e-mail and to one that has an account, with the same work for both', async () => {
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

  it('makes the account of a new e-mail, and leaves one that is there alone', async () => {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    await register({ email, password });
    await register({ email, password: 'staple battery horse correct', name: 'Eve' });
    const logIn = (typed: string) => request(harness.server).post('/auth/login').send({ email, password: typed });
    expect((await logIn(password)).status).toBe(200);
    expect((await logIn('staple battery horse correct')).status).toBe(401);
    expect((await harness.db.client.user.findUniqueOrThrow({ where: { email } })).name).toBe('Ada');
  });

  it('still says what is wrong with the fields', async () => {
    const { body } = await register({ email: 'ada', password });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '/email' }] });
  });
});
