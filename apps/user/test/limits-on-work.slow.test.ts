import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWorkQueue, type WorkQueue } from '../src/passwords/work-queue.ts';
import { type Harness, openHarness, password } from './harness.ts';
import { createClient, newAddress, newEmail, newGuess, newNetwork, statuses } from './login-client.ts';

const workQueue = createWorkQueue({ concurrency: 2, capacity: 40 });
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

describe('right logins', () => {
  it('to one account have a limit for all addresses together, with a correct Retry-After', async () => {
    const { email } = await harness.addUser();
    expect(new Set(await statuses(25, () => logIn(newAddress(), email)))).toEqual(new Set([200]));
    const before = hashed;
    const { status, headers } = await logIn(newAddress(), email);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(500);
    expect(hashed).toBe(before);
    expect((await logIn(newAddress(), (await harness.addUser()).email)).status).toBe(200);
  });

  it('count when they request a scope that is not allowed', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    const wanted = () => post('/auth/login', from, { email, password, scope: 'user:admin' });
    const answers = await statuses(26, async () => wanted());
    expect(answers).toEqual([...Array(25).fill(422), 429]);
  });
});

describe('an IPv6 network', () => {
  const addressIn = (network: string) => `${network}:${randomBytes(2).toString('hex')}::1`;

  it('has a limit on wrong logins, higher than that of an address', async () => {
    const network = newNetwork();
    const answers = await statuses(17, () => logIn(addressIn(network), newEmail(), newGuess()));
    expect(answers).toEqual([...Array(16).fill(401), 429]);
    expect((await logIn(newAddress(), (await harness.addUser()).email)).status).toBe(200);
  });

  it('has a limit on registrations and on failed refreshes', async () => {
    const network = newNetwork();
    const registrations = await statuses(7, () =>
      post('/auth/register', addressIn(network), { email: newEmail(), password, name: 'Ada' }),
    );
    expect(registrations).toEqual([...Array(6).fill(201), 429]);
    const refreshes = await statuses(7, () => post('/auth/refresh', addressIn(network), { refresh_token: newGuess() }));
    expect(refreshes).toEqual([...Array(6).fill(401), 429]);
  });

  it('has no equivalent for IPv4 addresses', async () => {
    const email = newEmail();
    const answers = await statuses(20, (index) => logIn(`198.51.100.${index}`, email, newGuess()));
    expect(new Set(answers)).toEqual(new Set([401]));
  });
});

describe('the Retry-After of a client above several limits', () => {
  it('is the time after which all exceeded limits allow a request', async () => {
    const [from, { email }] = [newAddress(), await harness.addUser()];
    await statuses(4, () => logIn(from, email, newGuess()));
    await statuses(4, () => logIn(from, newEmail(), newGuess()));
    // The window of the account at its address ends later than that of the address.
    await harness.db.client.$executeRaw`
      UPDATE rate_limits SET expire = expire - 300000 WHERE key LIKE 'limit:login-address:%'`;
    const { status, headers } = await logIn(from, email);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(500);
  });
});
