import { request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorkQueue, type WorkQueue } from '../src/passwords/work-queue.ts';
import { type Harness, openHarness, password } from './harness.ts';
import { createClient, many, newAddress, newEmail, newGuess, statuses } from './login-client.ts';

const capacity = 40;
const workQueue = createWorkQueue({ concurrency: 2, capacity });
let hashed = 0;
/** A queue that counts the hashed passwords. */
const queue: WorkQueue = {
  ...workQueue,
  run(job, signal) {
    hashed += 1;
    return workQueue.run(job, signal);
  },
};

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({
    queue,
    limits: {
      windowSeconds: 600,
      loginsPerAddress: 8,
      loginsPerAccountAndAddress: 4,
      loginsPerAccount: 100,
      registrationsPerAddress: 3,
      refreshesPerAddress: 3,
      successesPerAccount: 25,
      networkFactor: 2,
    },
    trustedProxies: ['127.0.0.1'],
  });
});
afterAll(() => harness.close());

const { post, logIn } = createClient(() => harness.server);

/** Adds jobs to the queue of passwords, by default as many as it accepts. The returned function ends them. */
function fillQueue(count = capacity + 2): () => Promise<unknown> {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const jobs = Array.from({ length: count }, () => workQueue.run(() => ended));
  return () => {
    end();
    return Promise.all(jobs);
  };
}

describe('POST /auth/login with a repeated wrong password', () => {
  it('answers 401 and counts once, for the account and for the address', async () => {
    const [from, office] = [newAddress(), await harness.addUser()];
    const { email } = await harness.addUser();
    expect((await logIn(from, email, 'an old password')).status).toBe(401);
    const before = hashed;
    const answers = await statuses(30, () => logIn(from, email, 'an old password'));
    expect(new Set(answers)).toEqual(new Set([401]));
    // The number of repeated checks equals the limit of wrong guesses. After that bcrypt is not called.
    expect(hashed).toBe(before + 8);
    expect((await logIn(from, office.email)).status).toBe(200);
    expect((await logIn(from, email)).status).toBe(200);
    expect((await logIn(from, email, newGuess())).status).toBe(401);
    expect(hashed).toBe(before + 8 + 3);
  });

  it('counts once when many requests are concurrent', async () => {
    const from = newAddress();
    const { email } = await harness.addUser();
    const answers = await many(20, () => logIn(from, email, 'an old password'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    const { headers } = await logIn(from, email, newGuess());
    expect(headers['ratelimit']).toContain('"login-account-address";r=2;');
  });

  it('does the same work for an address that did not send the password before', async () => {
    const { email } = await harness.addUser();
    await logIn(newAddress(), email, 'an old password');
    const before = hashed;
    expect((await logIn(newAddress(), email, 'an old password')).status).toBe(401);
    expect(hashed).toBe(before + 1);
  });

  it('answers 200 after it became the right one', async () => {
    const from = newAddress();
    const { id, email } = await harness.addUser();
    const { passwordHash } = await harness.db.client.user.findUniqueOrThrow({ where: { id } });
    const other = await harness.addUser();
    await post('/auth/register', newAddress(), { email: newEmail(), password: 'the next password', name: 'Ada' });
    const next = await harness.db.client.user.findFirstOrThrow({ where: { name: 'Ada' }, orderBy: { id: 'desc' } });
    await harness.db.client.user.update({ where: { id }, data: { passwordHash: next.passwordHash } });
    expect((await logIn(from, email)).status).toBe(401);
    await harness.db.client.user.update({ where: { id }, data: { passwordHash } });
    expect((await logIn(from, email)).status).toBe(200);
    expect((await logIn(from, other.email)).status).toBe(200);
  });

  it('counts once for a disabled account, until the account is enabled', async () => {
    const from = newAddress();
    const { id, email } = await harness.addUser({ disabledAt: new Date() });
    expect(await statuses(6, () => logIn(from, email))).toEqual([401, 401, 401, 401, 401, 401]);
    await harness.db.client.user.update({ where: { id }, data: { disabledAt: null } });
    expect((await logIn(from, email)).status).toBe(200);
  });
});

describe('a request that is not a wrong guess', () => {
  it('does not count when a limit of the account refuses it, so that no account blocks its address', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    const guesses = await statuses(30, () => logIn(from, email, newGuess()));
    expect(guesses.filter((status) => status === 401)).toHaveLength(4);
    expect((await logIn(from, (await harness.addUser()).email)).status).toBe(200);
  });

  it('does not count when the answer is 503', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    const empty = fillQueue();
    const answers = await statuses(10, () => logIn(from, email, newGuess()));
    const registrations = await statuses(5, () =>
      post('/auth/register', from, { email: newEmail(), password, name: 'Ada' }),
    );
    await empty();
    expect(new Set([...answers, ...registrations])).toEqual(new Set([503]));
    const { status, headers } = await logIn(from, email);
    expect(status).toBe(200);
    expect(headers['ratelimit']).toContain('"login-account-address";r=4;');
    expect((await post('/auth/register', from, { email: newEmail(), password, name: 'Ada' })).status).toBe(201);
  });

  it('does not count when its client disconnected before the password was checked', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    const empty = fillQueue(2);
    const { port } = harness.server.address() as AddressInfo;
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': from };
    const before = hashed;
    let [arrived, gone] = [0, 0];
    const count = (_req: unknown, res: ServerResponse) => {
      arrived += 1;
      res.once('close', () => {
        gone += 1;
      });
    };
    harness.server.on('request', count);
    const requests = Array.from({ length: 12 }, () => {
      const sent = httpRequest({ host: '127.0.0.1', port, path: '/auth/login', method: 'POST', headers, agent: false });
      sent.on('error', () => undefined);
      sent.end(JSON.stringify({ email, password: newGuess() }));
      return sent;
    });
    // Four wait to be checked, the others wait for those four. One that arrives later would find no client that left.
    while (hashed < before + 4 || arrived < requests.length) await setImmediate();
    harness.server.off('request', count);
    for (const sent of requests) sent.destroy();
    // The server has noticed that each client left: a closed connection is counted before that.
    while (gone < requests.length) await setImmediate();
    await setImmediate();
    await empty();
    const answer = await logIn(from, email);
    expect(answer.status).toBe(200);
    expect(answer.headers['ratelimit']).toContain('"login-account-address";r=4;');
    expect(await harness.db.client.session.count({ where: { user: { email } } })).toBe(1);
  });
});

describe('concurrent logins', () => {
  it('answer 200 to the right password, in any number', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    const answers = await many(20, () => logIn(from, email));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('answer 200 to many users behind one address', async () => {
    const from = newAddress();
    const users = await many(20, () => harness.addUser());
    const answers = await many(20, (index) => logIn(from, users[index]?.email ?? ''));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('check no more wrong guesses than consecutive logins, at one account', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    const answers = await many(30, () => logIn(from, email, newGuess()));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(26);
  });

  it('check no more wrong guesses than consecutive logins, at many accounts', async () => {
    const from = newAddress();
    const answers = await many(30, () => logIn(from, newEmail(), newGuess()));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(8);
  });

  it('answer 200 to the right password while wrong guesses are below the limit', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    const answers = await many(21, (index) => logIn(from, email, index % 7 === 6 ? newGuess() : password));
    const expected = Array.from({ length: 21 }, (_, index) => (index % 7 === 6 ? 401 : 200));
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });
});
