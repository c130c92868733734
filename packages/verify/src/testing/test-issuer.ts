import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { type Clock, readClock } from '../clock.ts';
import { accessTokenHeader, accessTokenPayload } from '../issuer/sign-access-token.ts';
import { type PublicKeys, parseJwks } from '../public-keys.ts';
import { accessTokenSeconds } from '../times.ts';

export interface TestIssuerOptions {
  /** The `iss` of the tokens. */
  readonly issuer: string;
  /** The `aud` of the tokens unless a test sets another. */
  readonly audience: readonly string[];
  readonly now: Clock;
  /** The RSA key; a new one unless given. Test files may share one, because creating it is slow. */
  readonly privateKey?: KeyObject;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly kid: string;
  /** The JWK Set that a real issuer would publish. */
  readonly jwks: { readonly keys: readonly object[] };
  /** The same keys, parsed for a verifier. */
  readonly keys: PublicKeys;
  readonly privateKey: KeyObject;
  /** Returns a valid token for a new user; any claim can be replaced, or left out with `undefined`. */
  token(claims?: Readonly<Record<string, unknown>>): string;
  /** Signs any payload under any header: for tokens that must be rejected. */
  sign(payload: object | string, header?: Readonly<Record<string, unknown>>): string;
}

/** Creates a throw-away issuer: real RS256 tokens for tests, never for production. */
export function createTestIssuer({
  issuer,
  audience,
  now,
  privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
}: TestIssuerOptions): TestIssuer {
  const kid = `test-${randomBytes(6).toString('hex')}`;
  const jwks = { keys: [{ ...createPublicKey(privateKey).export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] };

  function sign(payload: object | string, header: Readonly<Record<string, unknown>> = {}): string {
    // Signed as text: in an object the library would check the claims, and add or drop `iat`.
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return jwt.sign(text, privateKey, { header: { ...accessTokenHeader({ alg: 'RS256', kid }), ...header } });
  }

  return {
    issuer,
    kid,
    jwks,
    privateKey,
    sign,
    keys: parseJwks(jwks),
    token(claims = {}) {
      const iat = readClock(now);
      const standard = accessTokenPayload({
        issuer,
        audience,
        userId: randomUUID(),
        clientId: 'first-party',
        sid: randomUUID(),
        issuedAt: iat,
        lifetimeSeconds: accessTokenSeconds,
        authTime: iat,
        scopes: [],
        roles: ['customer'],
      });
      const all = Object.entries({ ...standard, ...claims }).filter(([, value]) => value !== undefined);
      return sign(Object.fromEntries(all));
    },
  };
}
