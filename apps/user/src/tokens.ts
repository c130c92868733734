import type { KeyObject } from 'node:crypto';
import { randomBytes, randomInt } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Whom and what a token is for. */
export interface TokenSubject {
  readonly userId: string;
  readonly roles: readonly string[];
  readonly sid: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /** When the password was checked. */
  readonly authTime: Date;
  /** The `iat`, in seconds since 1970. */
  readonly issuedAt: number;
}

export interface AccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

export interface TokenIssuer {
  /** The longest life of a token. */
  readonly lifetimeSeconds: number;
  issue(subject: TokenSubject): AccessToken;
}

export interface TokenIssuerOptions {
  /** The `iss` claim. */
  readonly issuer: string;
  readonly clientId: string;
  /** Read at every token, so that a new active key is used at once. */
  readonly signingKey: () => {
    readonly kid: string;
    readonly alg: 'RS256' | 'PS256' | 'ES256';
    readonly key: KeyObject;
  };
  readonly lifetimeSeconds: number;
}

/** Makes the signer of access tokens (RFC 9068): the only holder of the private key. */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { issuer, clientId, signingKey, lifetimeSeconds } = options;
  return {
    lifetimeSeconds,
    issue({ userId, roles, sid, scopes, audience, authTime, issuedAt: iat }) {
      const { kid, alg, key } = signingKey();
      const expiresInSeconds = jittered(lifetimeSeconds);
      const claims = {
        iss: issuer,
        aud: [...audience],
        sub: userId,
        client_id: clientId,
        iat,
        exp: iat + expiresInSeconds,
        jti: randomBytes(16).toString('base64url'),
        sid,
        auth_time: Math.floor(authTime.getTime() / 1000),
        scope: scopes.join(' '),
        roles: [...roles],
      };
      return {
        token: jwt.sign(claims, key, { algorithm: alg, header: { alg, typ: 'at+jwt', kid } }),
        expiresInSeconds,
      };
    },
  };
}

/** Up to 5 % less, so that tokens issued together do not all expire together. */
function jittered(seconds: number): number {
  return seconds - randomInt(Math.floor(seconds * 0.05) + 1);
}
