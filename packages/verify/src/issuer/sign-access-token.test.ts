import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { privateKey } from '../../test/access-tokens.ts';
import { startOfTests } from '../../test/test-clock.ts';
import { createClaimsParser } from '../access-token-claims.ts';
import { ownProfile } from '../access-token-profile.ts';
import { createTestIssuer } from '../testing/index.ts';
import { type AccessTokenContent, accessTokenPayload, signAccessToken } from './index.ts';

const content: AccessTokenContent = {
  issuer: 'https://auth.example',
  audience: ['user', 'order'],
  userId: 'user-1',
  clientId: 'first-party',
  issuedAt: startOfTests,
  lifetimeSeconds: 600,
  authTime: startOfTests - 60,
  sid: 'session-1',
  scopes: ['account', 'order:read'],
  roles: ['customer', 'support'],
};
/** The claims in the order in which they are on the wire; `jti` is another every time. */
const claims = (jti: unknown) => ({
  iss: 'https://auth.example',
  aud: ['user', 'order'],
  sub: 'user-1',
  client_id: 'first-party',
  iat: startOfTests,
  exp: startOfTests + 600,
  jti,
  sid: 'session-1',
  auth_time: startOfTests - 60,
  scope: 'account order:read',
  roles: ['customer', 'support'],
});
const textOf = (token: string, part: 0 | 1) => Buffer.from(token.split('.')[part] ?? '', 'base64url').toString();
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

describe('signAccessToken', () => {
  it.each([
    ['RS256', privateKey],
    ['PS256', privateKey],
    ['ES256', ecKey],
    ['EdDSA', generateKeyPairSync('ed25519').privateKey],
  ] as const)('of %s signs this header and these claims, to the byte', (alg, key) => {
    const token = signAccessToken({ kid: 'key-1', alg, key }, content);
    expect(textOf(token, 0)).toBe(`{"alg":"${alg}","typ":"at+jwt","kid":"key-1"}`);
    const { jti } = JSON.parse(textOf(token, 1));
    expect(jti).toMatch(/^[\w-]{22}$/);
    expect(textOf(token, 1)).toBe(JSON.stringify(claims(jti)));
  });

  it('creates the same token as jsonwebtoken for the same claims', () => {
    const token = signAccessToken({ kid: 'key-1', alg: 'RS256', key: privateKey }, content);
    const { jti } = JSON.parse(textOf(token, 1));
    const header = { alg: 'RS256', typ: 'at+jwt', kid: 'key-1' };
    expect(jwt.sign(claims(jti), privateKey, { algorithm: 'RS256', header })).toBe(token);
  });

  it('gives every token a unique id', () => {
    expect(accessTokenPayload(content).jti).not.toBe(accessTokenPayload(content).jti);
  });

  it('writes every claim that the verifier reads, and no other', () => {
    const { scopes: _scopes, ...read } = createClaimsParser(ownProfile)(accessTokenPayload(content)) ?? {
      scopes: undefined,
    };
    expect(read).toEqual(claims(expect.any(String)));
  });
});

describe('the test issuer', () => {
  it('writes the same header and the same claims', () => {
    const issuer = createTestIssuer({
      issuer: 'https://auth.example',
      audience: ['order'],
      now: () => startOfTests,
      privateKey,
    });
    const token = issuer.token();
    expect(textOf(token, 0)).toBe(`{"alg":"RS256","typ":"at+jwt","kid":"${issuer.kid}"}`);
    expect(Object.keys(JSON.parse(textOf(token, 1)))).toEqual(Object.keys(claims('')));
  });
});
