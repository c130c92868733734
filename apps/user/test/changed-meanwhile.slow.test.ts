import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { createPasswords } from '../src/passwords/passwords.ts';
import { createWorkQueue, type WorkQueue } from '../src/passwords/work-queue.ts';
import { type Harness, openHarness, password } from './harness.ts';

const workQueue = createWorkQueue({ concurrency: 2, capacity: 10 });
/** Called after each check of a password, before its result is used. */
let afterCheck: () => Promise<unknown> = async () => undefined;
let checks = 0;
const queue: WorkQueue = {
  ...workQueue,
  async run(job) {
    const result = await workQueue.run(job);
    checks += 1;
    await afterCheck();
    return result;
  },
};
const passwords = createPasswords({ cost: 4, queue: workQueue });

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ queue });
});
afterAll(() => harness.close());
afterEach(() => {
  afterCheck = async () => undefined;
});

const logIn = (email: string, typed = password) =>
  request(harness.server).post('/auth/login').send({ email, password: typed });
const change = (id: string, data: object) => harness.db.client.user.update({ where: { id }, data });
/** Changes the account once, after the first check. */
function onceAfterCheck(work: () => Promise<unknown>): void {
  checks = 0;
  afterCheck = async () => {
    afterCheck = async () => undefined;
    await work();
  };
}

describe('POST /auth/login during a change of the account', () => {
  it('answers 200 when the same password was re-hashed', async () => {
    const { id, email } = await harness.addUser();
    onceAfterCheck(async () => change(id, { passwordHash: await passwords.hash(password) }));
    expect((await logIn(email)).status).toBe(200);
    expect(checks).toBe(2);
  });

  it('answers 200 when the wrong password became the right one', async () => {
    const { id, email } = await harness.addUser();
    onceAfterCheck(async () => change(id, { passwordHash: await passwords.hash('the next password') }));
    expect((await logIn(email, 'the next password')).status).toBe(200);
  });

  it('answers 401 when the right password became a wrong one', async () => {
    const { id, email } = await harness.addUser();
    onceAfterCheck(async () => change(id, { passwordHash: await passwords.hash('the next password') }));
    expect((await logIn(email)).status).toBe(401);
    expect(checks).toBe(2);
  });

  it('answers 401 when the account was disabled', async () => {
    const { id, email } = await harness.addUser();
    onceAfterCheck(() => change(id, { disabledAt: new Date() }));
    expect((await logIn(email)).status).toBe(401);
  });

  it('answers 401 when the account was deleted', async () => {
    const { id, email } = await harness.addUser();
    onceAfterCheck(() => harness.db.client.user.delete({ where: { id } }));
    expect((await logIn(email)).status).toBe(401);
  });

  it('answers 200 with the new rights when roles were changed, without checking the password again', async () => {
    const { id, email } = await harness.addUser();
    onceAfterCheck(() => change(id, { roles: ['admin'] }));
    const { status, body } = await logIn(email);
    expect([status, checks]).toEqual([200, 1]);
    expect(body.scope).toContain('user:admin');
  });

  it('answers 503 with Retry-After, and counts no attempt, when the account changes at every check', async () => {
    const { id, email } = await harness.addUser();
    checks = 0;
    afterCheck = async () => change(id, { passwordHash: await passwords.hash(password) });
    const { status, headers, body } = await logIn(email);
    expect({ status, code: body.code, checks }).toEqual({ status: 503, code: 'unavailable', checks: 3 });
    expect(headers['retry-after']).toBe('1');
    expect(await harness.db.client.session.count({ where: { userId: id } })).toBe(0);
  });
});
