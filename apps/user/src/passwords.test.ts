import { describe, expect, it } from '@jest/globals';
import { createPasswords } from './passwords.ts';
import { createWorkQueue } from './work-queue.ts';

const queue = createWorkQueue({ concurrency: 2, capacity: 100 });

/** As little work as bcrypt can do, where time is not what is tested. */
const passwords = createPasswords({ cost: 4, queue });
const sixtyFour = 'x7-Qr!aB'.repeat(8);

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

describe('a password', () => {
  it('fits its own hash, at the cost asked for, and no other', async () => {
    const { hash, verify } = createPasswords({ cost: 10, queue });
    const hashed = await hash('correct horse');
    expect(hashed).toMatch(/^\$2b\$10\$/);
    expect(await verify('correct horse', hashed)).toBe(true);
    expect(await verify('Correct horse', hashed)).toBe(false);
  });

  it.each([
    ['a letter behind 72 bytes', `${sixtyFour}12345678`, `${sixtyFour}123456789`],
    ['itself behind a NUL', 'a', 'a\0a'],
    ['another lone surrogate', '\ufffd', '\ud800'],
  ])('does not fit the hash of a text that bcrypt alone takes for the same: %s', async (_case, chosen, typed) => {
    const hash = await passwords.hash(chosen);
    expect(await passwords.verify(chosen, hash)).toBe(true);
    expect(await passwords.verify(typed, hash)).toBe(false);
  });

  it.each([
    ['composed and decomposed', 'café', 'cafe\u0301'],
    ['wide and narrow', 'ｐａｓｓ', 'pass'],
  ])('is the same in any spelling: %s', async (_case, chosen, typed) => {
    expect(await passwords.verify(typed, await passwords.hash(chosen))).toBe(true);
  });

  it.each(['correct horse', '', 'u'.repeat(100), '\0'])('never fits when there is no hash: %j', async (typed) => {
    expect(await passwords.verify(typed, undefined)).toBe(false);
  });

  it('takes as long with a hash of a lower cost, and tells that it is outdated', async () => {
    const { verify, isOutdated } = createPasswords({ cost: 10, queue });
    const cheap = await passwords.hash('correct horse');
    expect(await verify('correct horse', cheap)).toBe(true);
    expect(await secondsOf(() => verify('a wrong guess', cheap))).toBeGreaterThan(0.01);
    expect([isOutdated(cheap), passwords.isOutdated(cheap)]).toEqual([true, false]);
  });

  // bcrypt answers a malformed hash in a tenth of a millisecond: this has to be the work of a real one.
  it('takes bcrypt’s time without a hash too', async () => {
    const { verify } = createPasswords({ cost: 10, queue });
    expect(await secondsOf(() => verify('correct horse', undefined))).toBeGreaterThan(0.01);
    expect(await secondsOf(() => verify('\0', undefined))).toBeGreaterThan(0.01);
  });
});
