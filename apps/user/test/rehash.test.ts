import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import bcrypt from 'bcrypt';
import request from 'supertest';
import { createPasswords } from '../src/passwords/passwords.ts';
import { createWorkQueue, type WorkQueue } from '../src/passwords/work-queue.ts';
import { type Harness, openHarness, password } from './harness.ts';

const workQueue = createWorkQueue({ concurrency: 1, capacity: 0 });
let afterNextJob: (() => void) | undefined;
/** A queue with room for one job, which the test can fill as soon as a job ends. */
const queue: WorkQueue = {
  ...workQueue,
  run: (job) =>
    workQueue.run(job).finally(() => {
      afterNextJob?.();
      afterNextJob = undefined;
    }),
};

let harness: Harness;
let oldHash: string;
beforeAll(async () => {
  harness = await openHarness({ cost: 6, queue });
  oldHash = await createPasswords({ cost: 5, queue }).hash(password);
});
afterAll(() => harness.close());

const logIn = (email: string, typed = password) =>
  request(harness.server).post('/auth/login').send({ email, password: typed });
const hashOf = async (id: string) => (await harness.db.client.user.findUniqueOrThrow({ where: { id } })).passwordHash;

describe('a login with a hash of a lower cost than the configured one', () => {
  it('re-hashes the password once', async () => {
    const { id, email } = await harness.addUser({ passwordHash: oldHash });
    expect((await logIn(email)).status).toBe(200);
    const hash = await hashOf(id);
    expect(hash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=6\$/);
    expect((await logIn(email)).status).toBe(200);
    expect(await hashOf(id)).toBe(hash);
    const rehashed = harness.events().filter(({ audit }) => audit['user'] === id && audit['event'] === 'rehash');
    expect(rehashed.map(({ audit }) => audit['outcome'])).toEqual(['ok']);
  });

  it('does not change the hash when the password is wrong or the account is disabled', async () => {
    const known = await harness.addUser({ passwordHash: oldHash });
    const disabled = await harness.addUser({ passwordHash: oldHash, disabledAt: new Date() });
    expect((await logIn(known.email, 'a wrong guess')).status).toBe(401);
    expect((await logIn(disabled.email)).status).toBe(401);
    expect(await hashOf(known.id)).toBe(oldHash);
    expect(await hashOf(disabled.id)).toBe(oldHash);
  });

  it('answers 200 without a re-hash when the password queue is full', async () => {
    const { id, email } = await harness.addUser({ passwordHash: oldHash });
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    afterNextJob = () => void workQueue.run(() => ended);
    expect((await logIn(email)).status).toBe(200);
    end();
    expect(await hashOf(id)).toBe(oldHash);
  });
});

describe('a login with a hash of the earlier form', () => {
  it('re-hashes to the current form at the same cost', async () => {
    const before = await createPasswords({ cost: 6, form: 'bcrypt', queue }).hash(password);
    expect(before).toMatch(/^\$2b\$06\$/);
    const { id, email } = await harness.addUser({ passwordHash: before });
    expect((await logIn(email, 'a wrong guess')).status).toBe(401);
    expect(await hashOf(id)).toBe(before);
    expect((await logIn(email)).status).toBe(200);
    const after = await hashOf(id);
    expect(after).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=6\$/);
    expect((await logIn(email)).status).toBe(200);
    expect(await hashOf(id)).toBe(after);
  });
});

describe('a login with PASSWORD_HASH=bcrypt', () => {
  let older: Harness;
  beforeAll(async () => {
    older = await openHarness({ cost: 4, form: 'bcrypt' });
  });
  afterAll(() => older.close());
  const storedHash = async (email: string) =>
    (await older.db.client.user.findUniqueOrThrow({ where: { email } })).passwordHash;

  it('re-hashes to bcrypt, so that an older build can verify the hash', async () => {
    const { email } = await older.addUser({ passwordHash: await createPasswords({ cost: 4, queue }).hash(password) });
    const { status } = await request(older.server).post('/auth/login').send({ email, password });
    expect(status).toBe(200);
    expect(await bcrypt.compare(password, await storedHash(email))).toBe(true);
  });

  it('accepts the password of an account registered there, and one that is too long for bcrypt', async () => {
    for (const [email, chosen] of [
      ['ada@example.com', password],
      ['eve@example.com', password.repeat(4)],
    ] as const) {
      const account = { email, password: chosen, name: 'Ada' };
      expect((await request(older.server).post('/auth/register').send(account)).status).toBe(201);
      expect((await request(older.server).post('/auth/login').send({ email, password: chosen })).status).toBe(200);
    }
    expect(await bcrypt.compare(password, await storedHash('ada@example.com'))).toBe(true);
  });
});

describe('a login to an account whose stored hash cannot be read', () => {
  it.each(['', 'x', `$2y$06$${'a'.repeat(53)}`, `$2b$31$${'a'.repeat(53)}`])(
    'is answered 401 with the reason in the audit trail, and the hash nowhere: %j',
    async (passwordHash) => {
      const { id, email } = await harness.addUser({ passwordHash });
      expect((await logIn(email)).body).toMatchObject({ status: 401, code: 'invalid_credentials' });
      const events = harness.events().filter(({ audit }) => audit['user'] === id);
      expect(events.map(({ audit }) => audit['reason'])).toEqual(['unreadable_hash']);
    },
  );
});
