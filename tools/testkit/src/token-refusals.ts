import type { ServiceName } from '@auth/contracts';
import { createServiceTokenSigner } from '@auth/verify';
import { createTestEdge, createTestIssuer } from '@auth/verify/testing';
import { expect, it } from '@jest/globals';
import request from 'supertest';
import type { GuardedApp } from './guarded-app.ts';
import { OTHER_KEY, readRunKey } from './run-issuer.ts';

/** A route that asks for a user's token with a scope. */
export interface GuardedRoute {
  readonly service: ServiceName;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly scope: string;
}

/** The Authorization header of a request that every guarded route refuses. */
interface TokenRefusal {
  /** The end of "answers 4xx to …". */
  readonly given: string;
  readonly status: number;
  readonly code: string;
  readonly authorization: (app: GuardedApp, route: GuardedRoute) => string | undefined;
  readonly challenge: (scope: string) => string | undefined;
}

const elsewhere = 'https://auth.elsewhere.example';
const invalid = 'Bearer realm="api", error="invalid_token", error_description="The access token is not valid here."';
const expired =
  'Bearer realm="api", error="invalid_token", error_description="The access token has expired: refresh it or log in again."';
const everyScope = 'account product:read product:write order:read order:read-any order:write user:admin';

const missingToken = { status: 401, code: 'missing_token', challenge: () => 'Bearer realm="api"' };
const malformed = { status: 400, code: 'invalid_request', challenge: () => undefined };
const invalidToken = { status: 401, code: 'invalid_token', challenge: () => invalid };

const tokenRefusals: readonly TokenRefusal[] = [
  { given: 'no token', authorization: () => undefined, ...missingToken },
  { given: 'another scheme', authorization: () => 'Basic YWRhOnBhc3N3b3Jk', ...missingToken },
  { given: 'a scheme without a token', authorization: () => 'Bearer', ...malformed },
  { given: 'two tokens in one header', authorization: ({ issuer }) => bearer(`${issuer.token()} x`), ...malformed },
  { given: 'a token that is none', authorization: () => 'Bearer abc.def', ...invalidToken },
  {
    given: 'a token that has expired',
    authorization: ({ issuer, now }) => bearer(issuer.token({ iat: now() - 700, exp: now() - 100 })),
    ...{ status: 401, code: 'token_expired', challenge: () => expired },
  },
  {
    given: 'a token for another audience',
    authorization: ({ issuer }, { scope }) => bearer(issuer.token({ scope, aud: ['billing'] })),
    ...invalidToken,
  },
  {
    given: 'a token of another issuer',
    authorization: ({ issuer }, { scope }) => bearer(issuer.token({ scope, iss: elsewhere })),
    ...invalidToken,
  },
  {
    given: 'a token signed with another key under the same kid',
    authorization: ({ issuer }, { scope }) =>
      bearer(forger().sign(claimsOf(issuer.token({ scope })), { kid: issuer.kid })),
    ...invalidToken,
  },
  // Signed with the right key: its claims would be compared and stored as another text.
  ...Object.entries({
    'a sub that is no UUID': { sub: 'ada' },
    'a sub in capital letters': { sub: '0190E4B2-7D3C-7A51-9F0E-3F6D1C2B4A58' },
    'a sub with a NUL': { sub: '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58\0' },
    'half a character for a sub': { sub: '\ud800' },
    'a sid that is no UUID': { sid: 'session-1' },
    'a role with a NUL': { roles: ['admin\0'] },
    'a scope with a line break': { scope: `${everyScope}\n` },
    'an auth_time that is no whole number': { auth_time: 1.5 },
  }).map(([given, claims]) => ({
    given: `a token of the issuer with ${given}`,
    authorization: ({ issuer }: GuardedApp) => bearer(issuer.token({ scope: everyScope, ...claims })),
    ...invalidToken,
  })),
  { given: 'a service token', authorization: ({ now }, route) => bearer(serviceToken(now, route)), ...invalidToken },
  {
    given: 'a token with every scope but the one needed',
    authorization: ({ issuer }, { scope }) =>
      bearer(issuer.token({ scope: everyScope.replace(new RegExp(`${scope}(?: |$)`), '') })),
    ...{ status: 403, code: 'insufficient_scope' },
    challenge: (scope) => `Bearer realm="api", error="insufficient_scope", scope="${scope}"`,
  },
];

/** Tests the answers of a guarded route to requests without a valid token that has its scope. */
export function testTokenRefusals(route: GuardedRoute, app: () => GuardedApp): void {
  const { method, path, scope } = route;

  it.each(tokenRefusals)('answers $status $code to $given', async ({ authorization, status, code, challenge }) => {
    const sent = request(app().server)[method](path);
    const header = authorization(app(), route);
    const answer = await (header === undefined ? sent : sent.set('Authorization', header));
    const { headers } = answer;
    expect(answer.status).toBe(status);
    expect(headers['www-authenticate']).toBe(challenge(scope));
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(answer.body).toEqual({
      ...{ type: `urn:problem:${code}`, title: expect.any(String), status, code },
      // Body and challenge have the same detail.
      detail: /error_description="(.*)"/.exec(headers['www-authenticate'] ?? '')?.[1] ?? expect.any(String),
      requestId: headers['x-request-id'],
    });
  });
}

/** Only its key is used. */
const forger = () =>
  createTestIssuer({ issuer: elsewhere, audience: [], now: () => 1, privateKey: readRunKey(OTHER_KEY) });

function bearer(token: string): string {
  return `Bearer ${token}`;
}

function claimsOf(token: string): string {
  return Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
}

function serviceToken(now: () => number, { service, path }: GuardedRoute): string {
  const caller = service === 'order' ? 'product' : 'order';
  const signer = createServiceTokenSigner({ service: caller, keys: createTestEdge(caller, service).calls, now });
  return signer.sign({ operation: { id: `${service}:things.read`, method: 'GET' }, target: path });
}
