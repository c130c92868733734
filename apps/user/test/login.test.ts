import { services } from '@auth/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const customerScope = 'account product:read order:read order:write';
const logIn = (body: object) => request(harness.server).post('/auth/login').send(body);

/** Decodes header and claims of a token without verifying it. */
function decode(token: string) {
  const [header, claims] = token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { header, claims };
}

describe('POST /auth/login', () => {
  it('answers 200 with both tokens and no-store', async () => {
    const { email } = await harness.addUser();
    const { status, headers, body } = await logIn({ email: ` ${email.toUpperCase()} `, password });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' });
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      scope: customerScope,
    });
  });

  it('issues an access token with exactly the specified header and claims', async () => {
    const { id, email } = await harness.addUser();
    const { body } = await logIn({ email, password });
    const { header, claims } = decode(body.access_token);
    expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: harness.issuer.kid });
    const session = await harness.db.client.session.findFirstOrThrow({ where: { userId: id } });
    const iat = harness.now();
    expect(claims).toEqual({
      iss: 'https://auth.example',
      aud: services,
      sub: id,
      client_id: 'first-party',
      iat,
      exp: iat + body.expires_in,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      sid: session.id,
      auth_time: iat,
      scope: customerScope,
      roles: ['customer'],
    });
    expect(body.expires_in).toBeGreaterThanOrEqual(570);
    expect(body.expires_in).toBeLessThanOrEqual(600);
  });

  it('issues a token that is valid at once', async () => {
    const { id, email } = await harness.addUser();
    const { access_token } = (await logIn({ email, password })).body;
    const me = await request(harness.server).get('/users/me').set('Authorization', `Bearer ${access_token}`);
    expect(me.body).toMatchObject({ id, email });
  });

  it('stores the hash of the refresh token, not the token', async () => {
    const { id, email } = await harness.addUser();
    const { refresh_token } = (await logIn({ email, password })).body;
    const [stored] = await harness.db.client.refreshToken.findMany({ where: { session: { userId: id } } });
    expect(stored?.hash).toHaveLength(32);
    expect(Buffer.from(stored?.hash ?? []).toString('base64url')).not.toBe(refresh_token);
  });

  it('gives an admin the scopes of a customer as well', async () => {
    const { email } = await harness.addUser({ roles: ['admin'] });
    const { body } = await logIn({ email, password });
    expect(body.scope).toBe(`${customerScope} product:write order:read-any user:admin`);
    expect(decode(body.access_token).claims).toMatchObject({ roles: ['admin'], scope: body.scope });
  });

  it('answers the same 401 to an unknown e-mail, a wrong password and a disabled account', async () => {
    const known = await harness.addUser();
    const disabled = await harness.addUser({ disabledAt: new Date() });
    const answers = await Promise.all([
      logIn({ email: `x${known.email}`, password }),
      logIn({ email: known.email, password: `${password}!` }),
      logIn({ email: disabled.email, password }),
    ]);
    for (const { status, headers } of answers) {
      expect(status).toBe(401);
      expect(headers).toMatchObject({ 'www-authenticate': 'Bearer realm="api"', 'cache-control': 'no-store' });
    }
    const texts = answers.map(({ text, body }) => text.replace(body.requestId, ''));
    expect(new Set(texts)).toEqual(
      new Set([
        '{"type":"urn:problem:invalid_credentials","title":"Invalid credentials","status":401,' +
          '"detail":"The e-mail or the password is wrong.","code":"invalid_credentials","requestId":""}',
      ]),
    );
  });

  it.each([
    ['empty', ''],
    ['longer than any password', `${password}${'x'.repeat(200)}`],
    ['the right one and more after 72 bytes', `${password}${'x'.repeat(80)}`],
    ['the right one with a NUL after it', `${password}\0${password}`],
    ['a lone surrogate', '\ud800'],
  ])('answers 401 to a password that is %s', async (_case, typed) => {
    const { email } = await harness.addUser();
    expect((await logIn({ email, password: typed })).body).toMatchObject({ status: 401, code: 'invalid_credentials' });
  });

  it('answers 422 to an e-mail with a NUL, which Postgres cannot store', async () => {
    const { body } = await logIn({ email: 'a\0@example.com', password });
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '/email' }] });
  });

  it('lists every wrong field', async () => {
    const { body } = await logIn({ email: 1, scope: 'all', audience: 'billing', otp: '123456' });
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/audience',
      '/email',
      '/otp',
      '/password',
      '/scope',
    ]);
  });
});

describe('scope and audience of a login', () => {
  it('narrow the token to the requested subset', async () => {
    const { email } = await harness.addUser();
    const wanted = { scope: 'order:read account order:read', audience: ['order'] };
    const { body } = await logIn({ email, password, ...wanted });
    expect(body.scope).toBe('order:read account');
    expect(decode(body.access_token).claims).toMatchObject({ scope: 'order:read account', aud: ['order'] });
  });

  it('of one service give an array of one', async () => {
    const { email } = await harness.addUser();
    const { body } = await logIn({ email, password, audience: 'product' });
    expect(decode(body.access_token).claims).toMatchObject({ aud: ['product'] });
  });

  it.each([
    ['a scope of another role', { scope: 'account product:write' }, '/scope'],
    ['a scope that does not exist', { scope: 'account everything' }, '/scope'],
    ['no scope', { scope: ' ' }, '/scope'],
    ['a service that does not exist', { audience: ['order', 'billing'] }, '/audience'],
    ['no service', { audience: [] }, '/audience'],
    ['one service a thousand times', { audience: Array(1000).fill('user') }, '/audience'],
  ])('with %s are answered 422, and no session begins', async (_case, wanted, pointer) => {
    const { id, email } = await harness.addUser();
    const { body } = await logIn({ email, password, ...wanted });
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields', errors: [{ pointer }] });
    expect(await harness.db.client.session.count({ where: { userId: id } })).toBe(0);
  });
});
