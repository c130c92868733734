import { publicRoutes } from '@auth/http';
import { createAccessTokenVerifier, parseJwks } from '@auth/verify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { discoveryAliases, discoveryHandlers } from '../src/discovery-handlers.ts';
import { discoveryRoutes as routes } from '../src/discovery-routes.ts';
import { type Harness, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const jwksPath = '/.well-known/jwks.json';
const cacheControl = 'public, max-age=300, stale-while-revalidate=60, stale-if-error=86400';

describe(`GET ${jwksPath}`, () => {
  it('answers 200 with the public key and caching headers, without private members', async () => {
    const { status, headers, text } = await request(harness.server).get(jwksPath);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/jwk-set\+json(?:; charset=utf-8)?$/);
    expect(headers).toMatchObject({ 'cache-control': cacheControl, etag: expect.stringMatching(/^"[\w-]{43}"$/) });
    const { n } = harness.issuer.privateKey.export({ format: 'jwk' });
    expect(JSON.parse(text)).toEqual({
      keys: [{ kty: 'RSA', kid: harness.issuer.kid, alg: 'RS256', use: 'sig', n, e: 'AQAB' }],
    });
  });

  it('answers the keys with which another service verifies a token of a login', async () => {
    const { id, email } = await harness.addUser();
    const login = await request(harness.server).post('/auth/login').send({ email, password });
    const keys = parseJwks(JSON.parse((await request(harness.server).get(jwksPath)).text));
    const { issuer } = (await request(harness.server).get('/.well-known/oauth-authorization-server')).body;
    const verifier = createAccessTokenVerifier({
      issuer,
      audience: 'order',
      keys,
      revocations: null,
      now: harness.now,
    });
    expect(verifier.verify(login.body.access_token)).toMatchObject({ sub: id });
  });

  it.each([
    ['the ETag', (etag: string) => etag],
    ['the weak form of the ETag', (etag: string) => `W/${etag}`],
    ['a list with the ETag', (etag: string) => `"x", ${etag}`],
  ])('answers 304 without a body to If-None-Match with %s', async (_case, header) => {
    const { headers } = await request(harness.server).get(jwksPath);
    const etag = headers['etag'] ?? '';
    const again = await request(harness.server).get(jwksPath).set('If-None-Match', header(etag));
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers).toMatchObject({ etag, 'cache-control': cacheControl });
  });

  it('answers 200 to If-None-Match with another ETag', async () => {
    expect((await request(harness.server).get(jwksPath).set('If-None-Match', '"x"')).status).toBe(200);
  });
});

describe('GET /.well-known/oauth-authorization-server', () => {
  it('answers 200 with the metadata (RFC 8414)', async () => {
    const { status, headers, body } = await request(harness.server).get('/.well-known/oauth-authorization-server');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': cacheControl, 'content-type': 'application/json; charset=utf-8' });
    expect(body).toEqual({
      issuer: 'https://auth.example',
      jwks_uri: 'https://auth.example/.well-known/jwks.json',
      scopes_supported: [
        'account',
        'product:read',
        'order:read',
        'order:write',
        'product:write',
        'order:read-any',
        'user:admin',
      ],
      response_types_supported: [],
    });
  });
});

describe('the metadata of an issuer', () => {
  const standard = '/.well-known/oauth-authorization-server';

  it.each([
    ['a host', 'https://auth.example', '', 'https://auth.example/.well-known/jwks.json'],
    ['a slash at the end', 'https://auth.example/', '', 'https://auth.example/.well-known/jwks.json'],
    ['a port', 'https://auth.example:8443', '', 'https://auth.example:8443/.well-known/jwks.json'],
    ['the default port', 'https://auth.example:443', '', 'https://auth.example/.well-known/jwks.json'],
    ['a path', 'https://auth.example/tenant', '/tenant', 'https://auth.example/tenant/.well-known/jwks.json'],
    [
      'a path and a slash',
      'https://auth.example/tenant/',
      '/tenant',
      'https://auth.example/tenant/.well-known/jwks.json',
    ],
    ['a long path', 'http://[::1]:4001/a/b%20c', '/a/b%20c', 'http://[::1]:4001/a/b%20c/.well-known/jwks.json'],
  ])('with %s is at the path of RFC 8414 §3, and so are the keys', async (_case, issuer, path, jwksUri) => {
    const jwks = { keys: [{ kty: 'RSA', kid: 'a' }] };
    const handlers = discoveryHandlers({ issuer, jwks: () => jwks, jwksMaxAgeSeconds: 300, scopes: [] });
    const app = express().use(discoveryAliases(issuer), publicRoutes({ routes, handlers, guard: () => [] }));
    for (const place of new Set([standard, `${standard}${path}`])) {
      const { status, body } = await request(app).get(place);
      expect({ place, status, body }).toMatchObject({ status: 200, body: { issuer, jwks_uri: jwksUri } });
    }
    for (const place of [jwksPath, `${new URL(jwksUri).pathname}?again=1`]) {
      const { status, text } = await request(app).get(place);
      expect({ place, status, text }).toEqual({ place, status: 200, text: JSON.stringify(jwks) });
    }
    expect((await request(app).get(`/elsewhere${jwksPath}`)).status).toBe(404);
  });
});

describe('GET /readyz', () => {
  it('answers 200 while the database is available', async () => {
    const { status, body } = await request(harness.server).get('/readyz');
    expect([status, body]).toEqual([200, { status: 'ready' }]);
  });
});
