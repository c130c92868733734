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
app.use(refusals(), faults);

let server: TestServer;
beforeAll(async () => {
  server = await listen(app);
});
afterAll(() => server.close());

// What it refuses, and with which answer, is in ../http/refusal-table.test.ts.
describe('requireUser', () => {
  it('makes the user known to handlers, and no other that a middleware names', async () => {
    const answer = await supertest(app).get('/me').auth(good, { type: 'bearer' });
    expect(answer.body).toEqual({ sub: 'ada', token: good, user: 'ada' });
  });

  it('may check scopes too', async () => {
    const both = express();
    both.get('/', requireUser(verifier, { scope: ['order:read', 'order:write'] }), (req, res) => {
      res.json(userOf(req).sub);
    });
    const ask = (scope: string) =>
      supertest(both.use(refusals()))
        .get('/')
        .auth(issuer.token({ sub: 'ada', scope }), { type: 'bearer' });
    expect((await ask('order:write order:read')).body).toBe('ada');
    const refused = await ask('order:read');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      403,
      'Bearer realm="api", error="insufficient_scope", scope="order:read order:write"',
    ]);
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
