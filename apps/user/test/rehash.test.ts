import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { createPasswords } from '../src/passwords.ts';
import type { WorkQueue } from '../src/work-queue.ts';
import { createWorkQueue } from '../src/work-queue.ts';
import type { Harness } from './harness.ts';
import { openHarness, password } from './harness.ts';

const workQueue = createWorkQueue({ concurrency: 1, capacity: 0 });
let afterNextJob: (() => void) | undefined;
/** Has room for one job at a time, and can be filled as soon as the next one is done. */
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

describe('a login with a hash of a lower cost than the one configured now', () => {
  it('hashes the password anew, once', async () => {
    const { id, email } = await harness.addUser({ passwordHash: oldHash });
    expect((await logIn(email)).status).toBe(200);
    const hash = await hashOf(id);
    expect(hash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=6\$/);
    expect((await logIn(email)).status).toBe(200);
    expect(await hashOf(id)).toBe(hash);
    const rehashed = harness.events().filter(({ audit }) => audit['user'] === id && audit['event'] === 'rehash');
    expect(rehashed.map(({ audit }) => audit['outcome'])).toEqual(['ok']);
  });

  it('leaves the hash alone when the password is wrong or the account is disabled', async () => {
    const known = await harness.addUser({ passwordHash: oldHash });
    const disabled = await harness.addUser({ passwordHash: oldHash, disabledAt: new Date() });
    expect((await logIn(known.email, 'a wrong guess')).status).toBe(401);
    expect((await logIn(disabled.email)).status).toBe(401);
    expect(await hashOf(known.id)).toBe(oldHash);
    expect(await hashOf(disabled.id)).toBe(oldHash);
  });

  it('succeeds without it when too many hashes wait', async () => {
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
