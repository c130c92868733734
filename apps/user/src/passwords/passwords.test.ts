import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import bcrypt from 'bcrypt';
import { createPasswords } from './passwords.ts';
import { createWorkQueue } from './work-queue.ts';

const queue = createWorkQueue({ concurrency: 2, capacity: 100 });

/** Passwords at the lowest cost of bcrypt, for tests that do not measure time. */
const passwords = createPasswords({ cost: 4, queue });
const sixtyFour = 'x7-Qr!aB'.repeat(8);

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

describe('createPasswords', () => {
  it('verify matches the hash of a password, at the configured cost, and no other password', async () => {
    const { hash, verify } = createPasswords({ cost: 10, queue });
    const hashed = await hash('correct horse');
    expect(hashed).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=10\$[./\w]{22}\$[./\w]{31}$/);
    expect(await verify('correct horse', hashed)).toBe(true);
    expect(await verify('Correct horse', hashed)).toBe(false);
  });

  it.each([
    ['a letter behind 72 bytes', `${sixtyFour}12345678`, `${sixtyFour}123456789`],
    ['itself behind a NUL', 'a', 'a\0a'],
    ['another lone surrogate', '\ufffd', '\ud800'],
  ])('verify distinguishes texts that plain bcrypt takes for the same: %s', async (_case, chosen, typed) => {
    const hash = await passwords.hash(chosen);
    expect(await passwords.verify(chosen, hash)).toBe(true);
    expect(await passwords.verify(typed, hash)).toBe(false);
  });

  it.each([
    ['composed and decomposed', 'café', 'cafe\u0301'],
    ['wide and narrow', 'ｐａｓｓ', 'pass'],
  ])('verify matches any spelling of the same password: %s', async (_case, chosen, typed) => {
    expect(await passwords.verify(typed, await passwords.hash(chosen))).toBe(true);
  });

  it.each(['correct horse', '', 'u'.repeat(100), '\0'])(
    'verify without a hash matches no password: %j',
    async (typed) => {
      expect(await passwords.verify(typed, undefined)).toBe(false);
    },
  );

  it('verify takes as long with a hash of a lower cost, which isOutdated reports', async () => {
    const { verify, isOutdated } = createPasswords({ cost: 10, queue });
    const cheap = await passwords.hash('correct horse');
    expect(await verify('correct horse', cheap)).toBe(true);
    expect(await secondsOf(() => verify('a wrong guess', cheap))).toBeGreaterThan(0.01);
    const outdated = [isOutdated(cheap, 'correct horse'), passwords.isOutdated(cheap, 'correct horse')];
    expect(outdated).toEqual([true, false]);
  });

  // bcrypt answers a malformed hash in a tenth of a millisecond: this has to be the work of a real one.
  it('verify takes the time of bcrypt without a hash', async () => {
    const { verify } = createPasswords({ cost: 10, queue });
    expect(await secondsOf(() => verify('correct horse', undefined))).toBeGreaterThan(0.01);
    expect(await secondsOf(() => verify('\0', undefined))).toBeGreaterThan(0.01);
  });

  it.each([
    ['empty', ''],
    ['text of another kind', '{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='],
    ['argon2', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA'],
    ['PHP’s bcrypt', `$2y$10$${'a'.repeat(53)}`],
    ['cut off', `$2b$10$${'a'.repeat(52)}`],
    ['too long', `$2b$10$${'a'.repeat(54)}`],
    ['with a line break behind it', `$2b$10$${'a'.repeat(53)}\n`],
    ['of a cost that bcrypt does not know', `$2b$03$${'a'.repeat(53)}`],
    ['of a cost that takes days', `$2b$31$${'a'.repeat(53)}`],
    [
      'of a cost that takes days, in the other form',
      `$bcrypt-sha256$v=2,t=2b,r=31$${'a'.repeat(22)}$${'a'.repeat(31)}`,
    ],
    ['of an older version of the form', `$bcrypt-sha256$2b,10$${'a'.repeat(22)}$${'a'.repeat(31)}`],
  ])('verify takes the time of bcrypt with a stored hash that is %s, and reports it once', async (_case, stored) => {
    let reported = 0;
    const onUnreadable = () => {
      reported += 1;
    };
    const { verify } = createPasswords({ cost: 10, queue, onUnreadable });
    expect(await secondsOf(() => verify('correct horse', stored))).toBeGreaterThan(0.01);
    expect(await verify('', stored)).toBe(false);
    expect(reported).toBe(1);
  });
});

describe('the form of a password hash', () => {
  const old = createPasswords({ cost: 4, form: 'bcrypt', queue });

  it('is bcrypt of base64 of an HMAC-SHA-256 keyed with the salt, as in passlib', async () => {
    const [, , , salt = '', checksum] = (await passwords.hash('correct horse')).split('$');
    const digest = createHmac('sha256', salt).update('correct horse').digest('base64');
    expect(await bcrypt.hash(digest, `$2b$04$${salt}`)).toBe(`$2b$04$${salt}${checksum}`);
  });

  it('may be plain bcrypt, which verify accepts and isOutdated reports', async () => {
    const hash = await old.hash('correct horse');
    expect(hash).toBe(await bcrypt.hash('correct horse', hash));
    expect(await passwords.verify('correct horse', hash)).toBe(true);
    expect(await passwords.verify('Correct horse', hash)).toBe(false);
    expect([passwords.isOutdated(hash, 'correct horse'), old.isOutdated(hash, 'correct horse')]).toEqual([true, false]);
  });

  it('bcrypt-sha256 is outdated when plain bcrypt is configured', async () => {
    const hash = await passwords.hash('correct horse');
    expect(await old.verify('correct horse', hash)).toBe(true);
    expect(old.isOutdated(hash, 'correct horse')).toBe(true);
  });

  it('is bcrypt-sha256 for a long password although plain bcrypt is configured', async () => {
    const [long, longer] = ['x7-Qr!aB'.repeat(10), `${'x7-Qr!aB'.repeat(10)}z`];
    const hash = await old.hash(long);
    expect([await old.verify(long, hash), await old.verify(longer, hash)]).toEqual([true, false]);
    expect(old.isOutdated(hash, long)).toBe(false);
  });

  it('never matches an unsalted hash of the password', async () => {
    const stolen = createHash('sha256').update('correct horse').digest('base64');
    expect(await passwords.verify(stolen, await passwords.hash('correct horse'))).toBe(false);
  });
});
