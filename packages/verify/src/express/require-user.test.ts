import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import express from 'express';
import supertest from 'supertest';
import { setUpAccessTokens } from '../../test/access-tokens.ts';
import { listen, send, type TestServer } from '../../test/http.ts';
import type { AccessTokenVerifier } from '../access-token.ts';
import { accessTokenOf, callerOf, identityOf, refusals, requireScope, requireUser, userOf } from './index.ts';

const { issuer, verifier } = setUpAccessTokens();
const good = issuer.token({ sub: 'ada', scope: 'order:read' });

const faults: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(500).json({ message: String(error) });
};
const impostor: RequestHandler = (req, _res, next) => {
  Object.assign(req, { user: { sub: 'eve' }, auth: { sub: 'eve' } });
  next();
};

const app = express();
app.get('/open', (req, res) => void res.json(identityOf(req)));
app.get('/forgotten', (req, res) => void res.json(userOf(req)));
app.get('/forgotten-token', (req, res) => void res.json(accessTokenOf(req)));
app.get('/forgotten-caller', (req, res) => void res.json(callerOf(req)));
app.get('/scope-alone', requireScope('order:read'), (_req, res) => void res.json('open'));
app.use(requireUser(verifier), impostor);
app.get('/me', (req, res) => void res.json({ sub: userOf(req).sub, token: accessTokenOf(req), ...identityOf(req) }));
app.get('/orders', requireScope('order:read'), (_req, res) => void res.json('orders'));
app.get('/orders/write', requireScope('order:write'), (_req, res) => void res.json('written'));
app.use(refusals(), faults);

let server: TestServer;
beforeAll(async () => {
  server = await listen(app);
});
afterAll(() => server.close());

describe('requireUser', () => {
  it.each([
    ['Bearer', (token: string) => `Bearer ${token}`],
    ['bearer', (token: string) => `bearer ${token}`],
    ['BEARER', (token: string) => `BEARER ${token}`],
    ['Bearer with more spaces', (token: string) => `Bearer    ${token}`],
    ['Bearer with a space behind the token, which HTTP drops', (token: string) => `Bearer ${token} `],
  ])('admits a valid token as %s', async (_case, header) => {
    const answer = await supertest(app).get('/me').set('Authorization', header(good));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ sub: 'ada', token: good, user: 'ada' });
  });

  it.each([
    ['no header', undefined],
    ['another scheme', `Basic ${Buffer.from('ada:password').toString('base64')}`],
    ['DPoP', `DPoP ${good}`],
    ['the token alone', good],
    ['a scheme that begins like Bearer', `Bearertoken ${good}`],
    ['a scheme that ends like Bearer', `X-Bearer ${good}`],
    ['Bearer behind another scheme', `Basic x, Bearer ${good}`],
  ])('answers 401 missing_token to %s', async (_case, header) => {
    const answer = await supertest(app)
      .get('/me')
      .set(header === undefined ? {} : { Authorization: header });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'missing_token', status: 401 });
    // RFC 6750 §3.1: no error code for a request without credentials.
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
  });

  it.each([
    ['an empty header', ''],
    ['a tab behind Bearer', `Bearer\t${good}`],
    ['a space and a tab behind Bearer', `Bearer \t${good}`],
    ['Bearer in quotes', `"Bearer ${good}"`],
    ['a comma behind Bearer', `Bearer,${good}`],
    ['a colon behind Bearer', `Bearer: ${good}`],
    ['a comma before Bearer', `, Bearer ${good}`],
    ['Bearer alone', 'Bearer'],
    ['Bearer and spaces', 'Bearer   '],
    ['two tokens', `Bearer ${good} ${good}`],
    ['two tokens with a comma', `Bearer ${good}, Bearer ${good}`],
    ['a comma behind the token', `Bearer ${good},`],
    ['a token in quotes', `Bearer "${good}"`],
    ['a parameter', `Bearer token=${good}`],
    ['a semicolon', `Bearer ${good};`],
    ['a character beyond ASCII', 'Bearer é'],
    ['padding inside', 'Bearer a=b'],
  ])('rejects as malformed %s', async (_case, header) => {
    const answer = await send(server.port, { target: '/me', headers: [['Authorization', header]] });
    expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it.each([
    ['the same token', 'Authorization', `Bearer ${good}`],
    ['another scheme', 'Authorization', 'Basic x'],
    ['other letters', 'AUTHORIZATION', `Bearer ${good}`],
    ['nothing in it', 'Authorization', ''],
  ])('rejects a second Authorization header with %s: Node would keep the first', async (_case, name, value) => {
    const headers = [['Authorization', `Bearer ${good}`] as const, [name, value] as const];
    for (const order of [headers, [...headers].reverse()]) {
      const answer = await send(server.port, { target: '/me', headers: order });
      expect(answer).toMatchObject({ status: 400, code: 'invalid_request' });
    }
  });

  it.each([
    ['in the query', `/me?access_token=${good}`, {}],
    ['in a cookie', '/me', { Cookie: `access_token=${good}` }],
    ['in another header', '/me', { 'X-Authorization': `Bearer ${good}`, 'X-Access-Token': good }],
    ['in a header with an underscore', '/me', { Authorization_: `Bearer ${good}` }],
    ['from a proxy that names a user', '/me', { 'X-User': 'ada', 'X-Forwarded-User': 'ada' }],
  ])('reads no identity %s', async (_case, target, headers) => {
    const answer = await supertest(app).get(target).set(headers);
    expect(answer.body).toMatchObject({ code: 'missing_token' });
  });

  it('answers a long header within a second, with any content', async () => {
    const header = `Bearer ${' '.repeat(6000)},${'a '.repeat(4000)}`;
    const started = process.hrtime.bigint();
    expect(await send(server.port, { target: '/me', headers: [['Authorization', header]] })).toMatchObject({
      status: 400,
    });
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(1000);
  });

  it.each([undefined, null, {}, 'verifier', { verify: 'yes' }])(
    'throws at build time with %p for a verifier',
    (given) => {
      expect(() => requireUser(given as unknown as AccessTokenVerifier)).toThrow('needs an access token verifier');
    },
  );
});

describe('requireScope', () => {
  it('admits a user whose token has the scope', async () => {
    const answer = await supertest(app).get('/orders').auth(good, { type: 'bearer' });
    expect(answer.body).toBe('orders');
  });

  it('rejects a user whose token lacks the scope, and names the scope', async () => {
    const answer = await supertest(app).get('/orders/write').auth(good, { type: 'bearer' });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: 'insufficient_scope' });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="api", error="insufficient_scope", scope="order:write"',
    );
  });

  it.each(['order:read-any', 'xorder:read', 'order:readorder:write', 'ORDER:READ', 'order: read', 'order'])(
    'does not accept the scope %j for order:read',
    async (scope) => {
      const answer = await supertest(app).get('/orders').auth(issuer.token({ scope }), { type: 'bearer' });
      expect(answer.status).toBe(403);
    },
  );

  it('answers 500 without requireUser', async () => {
    const answer = await supertest(app).get('/scope-alone').auth(good, { type: 'bearer' });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('GET /scope-alone needs requireUser() on the route');
  });

  it.each(['', ' ', 'a b', 'a"b', 'a\\b', 'é', 'a\n', undefined, null, 5, ['a']])(
    'throws at build time with %j',
    (scope) => {
      expect(() => requireScope(scope as string)).toThrow('requireScope needs one scope');
    },
  );
});

describe('userOf, accessTokenOf and callerOf', () => {
  it.each([
    ['/forgotten', 'requireUser'],
    ['/forgotten-token', 'requireUser'],
    ['/forgotten-caller', 'requireCaller'],
  ])('throw on %s without its guard, even with a valid token', async (target, guard) => {
    const answer = await supertest(app).get(target).auth(good, { type: 'bearer' });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain(`GET ${target} needs ${guard}() on the route`);
  });

  it('set no identity for a request that was not verified', () => {
    expect(identityOf({} as express.Request)).toStrictEqual({});
  });

  it('set no identity on an open route', async () => {
    const answer = await supertest(app).get('/open').auth(good, { type: 'bearer' });
    expect(answer.body).toEqual({});
  });
});
