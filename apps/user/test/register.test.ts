import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const newName = () => `ada-${randomBytes(6).toString('hex')}`;
const register = (body: object) => request(harness.server).post('/auth/register').send(body);
const logIn = (body: object) => request(harness.server).post('/auth/login').send(body);

describe('POST /auth/register', () => {
  it('answers 201 with the user and stores no password', async () => {
    const email = `${newName()}@example.com`;
    const { status, headers, body } = await register({ email, password, name: 'Ada Lovelace' });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ location: '/users/me', 'content-type': 'application/json; charset=utf-8' });
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      email,
      name: 'Ada Lovelace',
      roles: ['customer'],
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    const { passwordHash } = await harness.db.client.user.findUniqueOrThrow({ where: { email } });
    expect(passwordHash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=4\$/);
  });

  it.each([
    ['white space around it', (name: string) => `  ${name}@example.com\t`],
    ['capital letters', (name: string) => `${name.toUpperCase()}@Example.COM`],
    ['full-width letters', (name: string) => `${name}@ｅｘａｍｐｌｅ.com`],
  ])('answers 409 to a known e-mail with %s', async (_case, spell) => {
    const name = newName();
    expect((await register({ email: `${name}@example.com`, password, name: 'Ada' })).status).toBe(201);
    const { body } = await register({ email: spell(name), password, name: 'Eve' });
    expect(body).toMatchObject({ status: 409, code: 'conflict' });
    expect(await harness.db.client.user.count({ where: { email: { contains: name } } })).toBe(1);
  });

  it('answers 201 to one of two concurrent registrations of an e-mail, and 409 to the other', async () => {
    const email = `${newName()}@example.com`;
    const answers = await Promise.all(['Ada', 'Eve'].map((name) => register({ email, password, name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each([
    ['role', 'admin'],
    ['roles', ['admin']],
    ['id', '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58'],
  ])('answers 422 to the unknown field %s and stores nothing', async (field, value) => {
    const email = `${newName()}@example.com`;
    const { body } = await register({ email, password, name: 'Ada', [field]: value });
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.errors).toEqual([{ pointer: `/${field}`, detail: 'is not a known field' }]);
    expect(await harness.db.client.user.count({ where: { email } })).toBe(0);
  });

  it('lists every wrong field', async () => {
    const { body } = await register({ email: 'ada', password: 7, name: ' ', role: 'admin' });
    expect(body.status).toBe(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/email',
      '/name',
      '/password',
      '/role',
    ]);
  });

  it.each([
    ['of 255 characters', `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`],
    ['with a name in front', 'Ada <ada@example.com>'],
    ['with a line break', 'ada@example.com\nbcc: eve@example.com'],
  ])('answers 422 to an e-mail %s', async (_case, email) => {
    const { body } = await register({ email, password, name: 'Ada' });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '/email' }] });
  });
});

describe('POST /auth/register, password:', () => {
  it.each([
    ['7 characters', 'x7-Qr!a', 'must be at least 8 characters'],
    ['7 characters of 28 bytes', '🔐'.repeat(7), 'must be at least 8 characters'],
    ['129 characters', `${'x7-Qr!aB'.repeat(16)}z`, 'must be at most 128 characters'],
    ['a NUL', 'x7-Qr!aB\0x7-Qr!aB', 'must not hold a NUL character'],
    ['a lone surrogate', 'x7-Qr!aB\ud800', 'must be well-formed text'],
    ['a common password', 'password123', 'is on a list of common passwords: choose another'],
    ['a common password in capitals', 'PASSWORD123', 'is on a list of common passwords: choose another'],
  ])('answers 422 to %s', async (_case, refused, detail) => {
    const { body } = await register({ email: `${newName()}@example.com`, password: refused, name: 'Ada' });
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.errors).toEqual([{ pointer: '/password', detail }]);
    expect(JSON.stringify(body)).not.toContain(refused);
  });

  it('answers 422 to the e-mail address in another spelling', async () => {
    const email = `${newName()}@example.com`;
    const { body } = await register({ email, password: email.toUpperCase(), name: 'Ada' });
    expect(body.errors).toEqual([{ pointer: '/password', detail: 'must not be the e-mail address' }]);
  });

  it.each([
    ['8 characters', 'x7-Qr!aB', 'x7-Qr!aB'],
    ['128 characters of 512 bytes', `${'🔐'.repeat(127)}🗝`, `${'🔐'.repeat(127)}🗝`],
    [
      '64 characters beyond ASCII',
      'Gänsefüßchen-äöüß'.repeat(4).slice(0, 64),
      'Gänsefüßchen-äöüß'.repeat(4).slice(0, 64),
    ],
    ['another composition of the same letters', 'cafe\u0301-crème-ﬁne', 'café-crème-fine'],
  ])('accepts %s, which logs in', async (_case, chosen, typed) => {
    const email = `${newName()}@example.com`;
    expect((await register({ email, password: chosen, name: 'Ada' })).status).toBe(201);
    expect((await logIn({ email, password: typed })).status).toBe(200);
    expect((await logIn({ email, password: `${typed}x` })).status).toBe(401);
  });
});
