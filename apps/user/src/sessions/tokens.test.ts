import { generateKeyPairSync } from 'node:crypto';
import { createAccessTokenVerifier, parseJwks } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import { createTokenIssuer } from './tokens.ts';

const now = 1_800_000_000.9;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'ES256', use: 'sig' };
const subject = {
  userId: 'user-1',
  roles: ['customer'],
  sid: 'session-1',
  scopes: ['account', 'order:read'],
  audience: ['user', 'order'],
  authTime: new Date(1_799_999_000_500),
  issuedAt: 1_800_000_000,
};
const issuerOf = (lifetimeSeconds: number) =>
  createTokenIssuer({
    issuer: 'https://auth.example',
    clientId: 'first-party',
    lifetimeSeconds,
    signingKey: () => ({ kid: 'key-1', alg: 'ES256', key: privateKey }),
  });

describe('createTokenIssuer', () => {
  it('issues a token that the verifier of another service accepts, with the algorithm of the key', () => {
    const verifier = createAccessTokenVerifier({
      issuer: 'https://auth.example',
      audience: 'order',
      keys: parseJwks({ keys: [jwk] }),
      revocations: null,
      now: () => now,
    });
    const { token, expiresInSeconds } = issuerOf(600).issue(subject);
    const iat = 1_800_000_000;
    const { scopes, ...claims } = verifier.verify(token);
    expect([...scopes]).toEqual(['account', 'order:read']);
    expect(claims).toEqual({
      iss: 'https://auth.example',
      aud: ['user', 'order'],
      sub: 'user-1',
      client_id: 'first-party',
      iat,
      exp: iat + expiresInSeconds,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      sid: 'session-1',
      auth_time: 1_799_999_000,
      scope: 'account order:read',
      roles: ['customer'],
    });
  });

  it.each([
    [600, 570],
    [3600, 3420],
    [60, 57],
  ])('issues tokens of %d s that live at least %d s, at random', (longest, shortest) => {
    const issuer = issuerOf(longest);
    const lives = Array.from({ length: 300 }, () => issuer.issue(subject).expiresInSeconds);
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(shortest);
    expect(Math.max(...lives)).toBeLessThanOrEqual(longest);
    expect(new Set(lives).size).toBeGreaterThan(1);
  });

  it('gives each token a different id', () => {
    const issuer = issuerOf(600);
    const tokens = Array.from({ length: 100 }, () => issuer.issue(subject).token.split('.')[1] ?? '');
    const ids = tokens.map((claims) => JSON.parse(Buffer.from(claims, 'base64url').toString()).jti);
    expect(new Set(ids).size).toBe(100);
  });
});
