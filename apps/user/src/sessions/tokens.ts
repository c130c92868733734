import { randomInt } from 'node:crypto';
import { type AccessTokenKey, signAccessToken } from '@auth/verify/issuer';

/** The content of an access token. */
export interface TokenSubject {
  readonly userId: string;
  readonly roles: readonly string[];
  readonly sid: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /** The time of the login. */
  readonly authTime: Date;
  /** The `iat`, in seconds since 1970. */
  readonly issuedAt: number;
}

export interface AccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** The tokens that a login or a refresh returns to the client. */
export interface Tokens {
  readonly access: AccessToken;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
}

export interface TokenIssuer {
  /** The longest lifetime of a token. */
  readonly lifetimeSeconds: number;
  issue(subject: TokenSubject): AccessToken;
}

export interface TokenIssuerOptions {
  /** The `iss` claim. */
  readonly issuer: string;
  readonly clientId: string;
  /** Called for every token, so that a new active key is used at once. */
  readonly signingKey: () => AccessTokenKey;
  readonly lifetimeSeconds: number;
}

/** Creates the issuer of access tokens (RFC 9068). Only this service holds the private key. */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { issuer, clientId, signingKey, lifetimeSeconds } = options;
  return {
    lifetimeSeconds,
    issue({ authTime, ...subject }) {
      const expiresInSeconds = jittered(lifetimeSeconds);
      const token = signAccessToken(signingKey(), {
        ...subject,
        issuer,
        clientId,
        lifetimeSeconds: expiresInSeconds,
        authTime: Math.floor(authTime.getTime() / 1000),
      });
      return { token, expiresInSeconds };
    },
  };
}

/** Returns up to 5 % less, so that tokens issued together do not expire together. */
function jittered(seconds: number): number {
  return seconds - randomInt(Math.floor(seconds * 0.05) + 1);
}
