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
  harness = await openHarness({
    queue,
    limits: {
      windowSeconds: 600,
      loginsPerAddress: 6,
      loginsPerAccountAndAddress: 3,
      loginsPerAccount: 4,
      registrationsPerAddress: 2,
      refreshesPerAddress: 2,
      successesPerAccount: 30,
      networkFactor: 2,
    },
    trustedProxies: ['127.0.0.1'],
  });
});
afterAll(() => harness.close());

const newAddress = () => `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`;
const newEmail = () => `${randomBytes(6).toString('hex')}@example.com`;
const post = (path: string, from: string, body: object) =>
  request(harness.server).post(path).set('X-Forwarded-For', from).send(body);
const logIn = (from: string, email: string, typed = password) => post('/auth/login', from, { email, password: typed });
let guesses = 0;
const newGuess = () => {
  guesses += 1;
  return `wrong guess ${guesses}`;
};
/** Sends different wrong guesses, one after the other, and returns the statuses. */
async function guess(times: number, from: string | (() => string), email: string | (() => string)) {
  const statuses: number[] = [];
  const next = (value: string | (() => string)) => (typeof value === 'string' ? value : value());
  for (let index = 0; index < times; index += 1) {
    statuses.push((await logIn(next(from), next(email), newGuess())).status);
  }
  return statuses;
}

describe('POST /auth/login beyond its limits', () => {
  it('answers 429 with Retry-After and RateLimit headers, for known and unknown e-mails', async () => {
    for (const email of [(await harness.addUser()).email, newEmail()]) {
      const from = newAddress();
      expect(await guess(4, from, email)).toEqual([401, 401, 401, 429]);
      const { status, headers, body } = await logIn(from, email);
      expect({ status, code: body.code }).toEqual({ status: 429, code: 'rate_limited' });
      expect(headers['ratelimit-policy']).toBe(
        '"login-address";q=6;w=600, "login-network";q=12;w=600, "login-account-address";q=3;w=600',
      );
      // The two refused requests are not counted.
      expect(headers['ratelimit']).toMatch(
        /^"login-address";r=3;t=\d+, "login-network";r=9;t=\d+, "login-account-address";r=0;t=\d+$/,
      );
      const wait = Number(headers['retry-after']);
      expect(wait).toBeGreaterThan(590);
      expect(wait).toBeLessThanOrEqual(600);
    }
  });

  it('hashes no password', async () => {
    const { email } = await harness.addUser();
    const from = newAddress();
    await guess(3, from, email);
    const before = { events: harness.events().length, hashed };
    expect((await logIn(from, email)).body).toMatchObject({ code: 'rate_limited' });
    expect(hashed).toBe(before.hashed);
    const events = harness.events().slice(before.events);
    expect(events.map(({ audit }) => audit)).toEqual([
      { event: 'login', outcome: 'limited', reason: 'login-account-address', addressPrefix: expect.any(String) },
    ]);
  });

  it('answers 200 to the owner of the account at another address', async () => {
    const { email } = await harness.addUser();
    expect((await guess(5, newAddress(), email)).at(-1)).toBe(429);
    expect((await logIn(newAddress(), email)).status).toBe(200);
  });

  it('counts all addresses of an IPv6 block as one', async () => {
    const email = newEmail();
    const network = newAddress().replace('::1', '');
    const anywhere = () => `${network}:${randomBytes(2).toString('hex')}::${randomBytes(2).toString('hex')}`;
    expect(await guess(4, anywhere, email)).toEqual([401, 401, 401, 429]);
  });

  it('counts the attempts of an address at all accounts together', async () => {
    expect(await guess(7, newAddress(), newEmail)).toEqual([401, 401, 401, 401, 401, 401, 429]);
  });

  it('delays logins to an account that is guessed from many addresses, and never refuses them', async () => {
    const { email } = await harness.addUser();
    const before = harness.delays.length;
    expect(new Set(await guess(7, newAddress, email))).toEqual(new Set([401]));
    expect(harness.delays.slice(before)).toEqual([100, 200, 300]);
    expect((await logIn(newAddress(), email)).status).toBe(200);
    expect(harness.delays.at(-1)).toBe(400);
  });

  it('does not count a right login, and resets the count of its account and address', async () => {
    const { email } = await harness.addUser();
    const from = newAddress();
    for (let index = 0; index < 10; index += 1) expect((await logIn(from, email)).status).toBe(200);
    await guess(2, from, email);
    expect((await logIn(from, email)).status).toBe(200);
    expect(await guess(3, from, email)).toEqual([401, 401, 401]);
  });

  it('does not count requests that are no guess', async () => {
    const { email } = await harness.addUser();
    const from = newAddress();
    for (let index = 0; index < 4; index += 1) {
      const answer = await post('/auth/login', from, { email, password, scope: 'user:admin' });
      expect(answer.status).toBe(422);
    }
    expect((await logIn(from, email)).status).toBe(200);
  });

  it('checks no more guesses when all are concurrent', async () => {
    const from = newAddress();
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 6 }, () => logIn(from, email, newGuess())));
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429, 429, 429]);
  });
});

describe('beyond its limit,', () => {
  it('POST /auth/register answers 429, whether or not the earlier ones created an account', async () => {
    const from = newAddress();
    const account = { email: newEmail(), password, name: 'Ada' };
    const statuses: number[] = [];
    for (const body of [account, account, { ...account, email: newEmail() }]) {
      statuses.push((await post('/auth/register', from, body)).status);
    }
    expect(statuses).toEqual([201, 409, 429]);
  });

  it('POST /auth/refresh answers 429 to forged tokens, and never to valid ones', async () => {
    const from = newAddress();
    const { email } = await harness.addUser();
    let { refresh_token } = (await logIn(from, email)).body;
    for (let index = 0; index < 4; index += 1) {
      const { status, body } = await post('/auth/refresh', from, { refresh_token });
      expect(status).toBe(200);
      refresh_token = body.refresh_token;
    }
    const statuses: number[] = [];
    for (let index = 0; index < 3; index += 1) {
      statuses.push((await post('/auth/refresh', from, { refresh_token: String(index).repeat(43) })).status);
    }
    expect(statuses).toEqual([401, 401, 429]);
    expect((await post('/auth/refresh', from, { refresh_token })).status).toBe(429);
  });

  it('POST /auth/refresh counts a repeated invalid token once', async () => {
    const [from, refresh_token] = [newAddress(), 'B'.repeat(43)];
    const statuses: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      statuses.push((await post('/auth/refresh', from, { refresh_token })).status);
    }
    expect(new Set(statuses)).toEqual(new Set([401]));
    const { email } = await harness.addUser();
    const good = (await logIn(from, email)).body.refresh_token;
    expect((await post('/auth/refresh', from, { refresh_token: good })).status).toBe(200);
  });

  it('PUT /users/me/password answers 429 to wrong guesses with an access token', async () => {
    const { id } = await harness.addUser();
    const from = newAddress();
    const change = (current: string) =>
      request(harness.server)
        .put('/users/me/password')
        .set('X-Forwarded-For', from)
        .set('Authorization', `Bearer ${harness.issuer.token({ sub: id, scope: 'account' })}`)
        .send({ current, next: 'staple battery horse correct' });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await change('a wrong guess')).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});

describe('the stored count of an attempt', () => {
  it('contains neither the address nor the e-mail', async () => {
    const email = newEmail();
    await guess(1, '203.0.113.77', email);
    const rows = await harness.db.client.rateLimit.findMany();
    expect(rows.length).toBeGreaterThan(0);
    for (const { key } of rows) expect(key).toMatch(/^limit:[a-z-]+:[\w-]{43}$/);
  });
});
