import { randomBytes, randomUUID } from 'node:crypto';
import { testHostileInput } from '@auth/testkit/app';
import { afterAll, beforeAll, describe } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
let ada: { id: string; email: string };
beforeAll(async () => {
  harness = await openHarness();
  ada = await harness.addUser({ roles: ['admin'] });
});
afterAll(() => harness.close());

const server = () => harness.server;
const cursor = Buffer.from(randomUUID()).toString('base64url');
/** Creates a token with a new session, since routes that change something check the session. */
async function authorized() {
  const sid = await harness.addSession(ada.id);
  const token = harness.issuer.token({ sub: ada.id, sid, roles: ['admin'], scope: 'account user:admin' });
  return { Authorization: `Bearer ${token}` };
}
const logIn = async () => (await request(server()).post('/auth/login').send({ email: ada.email, password })).body;

describe('POST /auth/register', () => {
  testHostileInput(server, () => {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    return { method: 'POST', target: '/auth/register', body: { email, password: 'an uncommon phrase', name: 'Ada' } };
  });
});

describe('POST /auth/login', () => {
  testHostileInput(server, () => {
    const body = { email: ada.email, password, scope: 'account', audience: ['user'] };
    return { method: 'POST', target: '/auth/login', body };
  });
});

describe('POST /auth/refresh', () => {
  testHostileInput(server, async () => {
    const { refresh_token } = await logIn();
    return { method: 'POST', target: '/auth/refresh', body: { refresh_token, scope: 'account', audience: 'user' } };
  });
});

describe('POST /auth/logout', () => {
  testHostileInput(server, async () => {
    const { refresh_token } = await logIn();
    return { method: 'POST', target: '/auth/logout', body: { refresh_token } };
  });
});

describe('GET /auth/sessions', () => {
  testHostileInput(server, async () => ({
    method: 'GET',
    target: `/auth/sessions?cursor=${cursor}&limit=2`,
    headers: await authorized(),
  }));
});

describe('DELETE /auth/sessions/:sid', () => {
  testHostileInput(server, async () => {
    await logIn();
    const { id } = await harness.db.client.session.findFirstOrThrow({ where: { userId: ada.id, endedAt: null } });
    return { method: 'DELETE', target: `/auth/sessions/${id}`, headers: await authorized() };
  });
});

describe('PATCH /users/me', () => {
  testHostileInput(server, async () => ({
    method: 'PATCH',
    target: '/users/me',
    headers: await authorized(),
    body: { name: 'Ada' },
  }));
});

describe('PUT /users/me/contact', () => {
  const address = { line1: '12 St James’s Square', line2: 'x', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' };
  testHostileInput(server, async () => ({
    method: 'PUT',
    target: '/users/me/contact',
    headers: await authorized(),
    body: { phone: '+442079460000', address },
  }));
});

describe('PUT /users/me/password', () => {
  testHostileInput(server, async () => ({
    method: 'PUT',
    target: '/users/me/password',
    headers: await authorized(),
    body: { current: password, next: password },
  }));
});

describe('GET /users', () => {
  testHostileInput(server, async () => ({
    method: 'GET',
    target: `/users?cursor=${cursor}&limit=2`,
    headers: await authorized(),
  }));
});

describe('GET /users/:id', () => {
  testHostileInput(server, async () => ({ method: 'GET', target: `/users/${ada.id}`, headers: await authorized() }));
});

describe('PATCH /users/:id', () => {
  testHostileInput(server, async () => {
    const { id } = await harness.addUser();
    const body = { roles: ['customer'], disabled: false };
    return { method: 'PATCH', target: `/users/${id}`, headers: await authorized(), body };
  });
});
