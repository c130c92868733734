import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { setUpAccessTokens } from '../../test/access-tokens.ts';
import { listen, send } from '../../test/http.ts';
import { type AccessTokenVerifier, createAccessTokenVerifier } from '../access-token.ts';
import { accessTokenOf, createUserGuard, identityOf, type Refusal, type UserGuardOptions, userOf } from './index.ts';

const { clock, issuer, verifier, verifierWith } = setUpAccessTokens();
const good = issuer.token({ sub: 'ada' });
const authorized = { headers: [['Authorization', `Bearer ${good}`]] } as const;

// What it refuses, and with which answer, is in ../http/refusal-table.test.ts.
describe('createUserGuard', () => {
  it('returns the claims, and makes the user known to later code', async () => {
    const guard = createUserGuard(verifier);
    const server = await listen((req, res) => {
      const before = identityOf(req);
      const claims = guard(req, res);
      res.end(JSON.stringify([before, claims === userOf(req), userOf(req).sub, accessTokenOf(req), identityOf(req)]));
    });
    const answer = await send(server.port, { target: '/', ...authorized });
    expect(JSON.parse(answer.text)).toEqual([{}, true, 'ada', good, { user: 'ada' }]);
    await server.close();
  });

  it('returns claims of the type of its verifier', () => {
    const own = createAccessTokenVerifier({
      issuer: issuer.issuer,
      audience: 'order',
      keys: issuer.keys,
      revocations: null,
      now: clock.now,
      claims: z.object({ tenant: z.string() }),
    });
    const guard = createUserGuard(own);
    const tenantOf = (claims: ReturnType<typeof guard>): string | undefined => claims?.tenant;
    expect(tenantOf(undefined)).toBeUndefined();
  });

  it('reports each refusal before it is sent, with its reason, and no admission', async () => {
    const refusals: [Refusal, string | undefined, boolean][] = [];
    let isSent = () => false;
    const guard = createUserGuard(verifier, {
      onRefusal: (refusal, { url }) => refusals.push([refusal, url, isSent()]),
    });
    const server = await listen((req, res) => {
      isSent = () => res.headersSent;
      if (guard(req, res) !== undefined) res.end();
    });
    await send(server.port, { target: '/a', ...authorized });
    await send(server.port, { target: '/b', headers: [['Authorization', 'Bearer']] });
    expect(refusals).toMatchObject([[{ code: 'invalid_request', reason: 'malformed', status: 400 }, '/b', false]]);
    await server.close();
  });

  it('keeps header fields that were set before', async () => {
    const guard = createUserGuard(verifier);
    const server = await listen((req, res) => void guard(req, res.setHeader('X-Request-Id', '7')));
    const { status, headers } = await send(server.port, { target: '/' });
    expect([status, headers['x-request-id'], headers['cache-control']]).toEqual([401, '7', 'no-store']);
    await server.close();
  });

  it('keeps a connection usable after a refusal with unread content', async () => {
    const guard = createUserGuard(verifier);
    const server = await listen((req, res) => void guard(req, res));
    const answer = await fetch(`${server.origin}/`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect([answer.status, (await fetch(`${server.origin}/`)).status]).toEqual([401, 401]);
    await server.close();
  });

  it('throws what is no refusal, and answers nothing', async () => {
    const guard = createUserGuard(verifierWith({ now: () => Number.NaN }));
    const server = await listen((req, res) => {
      try {
        guard(req, res);
      } catch (error) {
        res.writeHead(500).end(String(error));
      }
    });
    expect(await send(server.port, { target: '/', ...authorized })).toMatchObject({ status: 500 });
    await server.close();
  });

  it.each([
    ['no verifier', undefined, {}, 'createUserGuard needs an access token verifier'],
    ['a bad scope', verifier, { scope: 'a b' }, 'createUserGuard needs one scope'],
    ['a URL for metadata', verifier, { protectedResource: 'https://a' }, 'made by protectedResource()'],
    ['a log that is none', verifier, { onRefusal: 'log' }, 'onRefusal must be a function'],
  ])('throws at build time with %s', (_case, given, options, message) => {
    const build = () => createUserGuard(given as AccessTokenVerifier, options as unknown as UserGuardOptions);
    expect(build).toThrow(TypeError);
    expect(build).toThrow(message);
  });
});

describe('userOf and accessTokenOf', () => {
  it.each([userOf, accessTokenOf])('throw for a request that no guard has seen, without its query', async (read) => {
    const server = await listen((req, res) => {
      try {
        res.end(JSON.stringify(read(req)));
      } catch (error) {
        res.writeHead(500).end(String(error));
      }
    });
    const answer = await send(server.port, { target: '/me?access_token=secret', ...authorized });
    expect(answer).toMatchObject({ status: 500, text: 'Error: GET /me needs the guard of createUserGuard() first' });
    await server.close();
  });
});
