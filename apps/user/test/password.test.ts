import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const next = 'staple battery horse correct';

async function logIn(email: string, typed = password) {
  const { status, body } = await request(harness.server).post('/auth/login').send({ email, password: typed });
  return { status, accessToken: String(body.access_token), refreshToken: String(body.refresh_token) };
}

const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });
const change = (accessToken: string, body: object) =>
  request(harness.server).put('/users/me/password').set('Authorization', `Bearer ${accessToken}`).send(body);

describe('PUT /users/me/password', () => {
  it('answers 204; the new password then logs in, and the old one does not', async () => {
    const { email } = await harness.addUser();
    const { accessToken } = await logIn(email);
    const { status, text } = await change(accessToken, { current: password, next });
    expect([status, text]).toEqual([204, '']);
    expect((await logIn(email, next)).status).toBe(200);
    expect((await logIn(email)).status).toBe(401);
  });

  it('ends the other sessions of the user; the session of the request and those of other users continue', async () => {
    const [ada, eve] = [await harness.addUser(), await harness.addUser()];
    const own = await logIn(ada.email);
    const others = [await logIn(ada.email), await logIn(ada.email)];
    const ofEve = await logIn(eve.email);
    await change(own.accessToken, { current: password, next });
    for (const { refreshToken } of others) {
      expect((await refresh(refreshToken)).body).toMatchObject({ status: 401, code: 'invalid_refresh_token' });
    }
    expect((await refresh(own.refreshToken)).status).toBe(200);
    expect((await refresh(ofEve.refreshToken)).status).toBe(200);
    expect((await logIn(eve.email)).status).toBe(200);
  });

  it.each([
    ['wrong', `${password}!`],
    ['empty', ''],
    ['the right one with a NUL after it', `${password}\0`],
  ])('answers 401 to a current password that is %s, and changes nothing', async (_case, current) => {
    const { email } = await harness.addUser();
    const [own, other] = [await logIn(email), await logIn(email)];
    const { headers, body } = await change(own.accessToken, { current, next });
    expect(body).toMatchObject({ status: 401, code: 'invalid_credentials' });
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer realm="api"', 'cache-control': 'no-store' });
    expect((await logIn(email)).status).toBe(200);
    expect((await logIn(email, next)).status).toBe(401);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it.each([
    ['too short', 'x7!kQ2z'],
    ['too long', 'x'.repeat(129)],
    ['common', 'password1'],
    ['with a NUL', `${next}\0`],
    ['a number', 12_345_678],
  ])('answers 422 to a next password that is %s, and changes nothing', async (_case, unfit) => {
    const { email } = await harness.addUser();
    const { accessToken } = await logIn(email);
    const { body } = await change(accessToken, { current: password, next: unfit });
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields', errors: [{ pointer: '/next' }] });
    expect((await logIn(email)).status).toBe(200);
  });

  it('answers 422 to the user’s e-mail address as the next password', async () => {
    const { email } = await harness.addUser();
    const { accessToken } = await logIn(email);
    const { body } = await change(accessToken, { current: password, next: email.toUpperCase() });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '/next' }] });
  });

  it('lists every wrong field', async () => {
    const { email } = await harness.addUser();
    const { accessToken } = await logIn(email);
    const { body } = await change(accessToken, { next: 1, password: next });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/current',
      '/next',
      '/password',
    ]);
  });

  it('answers 404 when the account was deleted', async () => {
    const token = harness.issuer.token({ scope: 'account' });
    expect((await change(token, { current: password, next })).body).toMatchObject({ status: 404, code: 'not_found' });
  });
});
