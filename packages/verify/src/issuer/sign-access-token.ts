import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { type AccessTokenPayload, accessTokenType } from '../access-token-claims.ts';
import type { PublicKeyAlgorithm } from '../jws-algorithms.ts';
import { signJws } from '../jws-signature.ts';
import { randomId } from '../random-id.ts';

/** The content of an access token except its id. Times in seconds. */
export interface AccessTokenContent {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly userId: string;
  readonly clientId: string;
  /** The `iat`, since 1970. */
  readonly issuedAt: number;
  readonly lifetimeSeconds: number;
  readonly sid: string;
  /** When the password was checked, since 1970. */
  readonly authTime: number;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
}

/** A private key and its one algorithm. */
export interface AccessTokenKey {
  readonly kid: string;
  readonly alg: PublicKeyAlgorithm;
  readonly key: KeyObject;
}

/**
 * Signs an access token (RFC 9068) with a new id. Does not check the content.
 *
 * @throws Error when the key does not fit the algorithm
 */
export function signAccessToken({ kid, alg, key }: AccessTokenKey, content: AccessTokenContent): string {
  // jsonwebtoken knows no EdDSA (RFC 8037).
  if (alg === 'EdDSA' || alg === 'Ed25519')
    return signJws(accessTokenPayload(content), { ...accessTokenHeader({ kid, alg }), key });
  return jwt.sign(accessTokenPayload(content), key, { algorithm: alg, header: accessTokenHeader({ kid, alg }) });
}

/** Returns the header of an access token: its type (RFC 9068 §2.1), and the key that signs it. */
export function accessTokenHeader({ kid, alg }: Pick<AccessTokenKey, 'kid' | 'alg'>) {
  return { alg, typ: accessTokenType, kid };
}

/**
 * Returns the claims of an access token (RFC 9068 §2.2) with a new `jti`: for an issuer with its own signing, such
 * as in tests.
 */
export function accessTokenPayload(content: AccessTokenContent): AccessTokenPayload {
  const { issuedAt: iat, sid, authTime } = content;
  return {
    iss: content.issuer,
    aud: [...content.audience],
    sub: content.userId,
    client_id: content.clientId,
    iat,
    exp: iat + content.lifetimeSeconds,
    jti: randomId(),
    sid,
    auth_time: authTime,
    scope: content.scopes.join(' '),
    roles: [...content.roles],
  };
}
