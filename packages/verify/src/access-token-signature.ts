import jwt from 'jsonwebtoken';
import type { RefusalReason } from './auth-error.ts';
import { AuthError } from './auth-error.ts';
import type { PublicKey } from './public-keys.ts';

interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly time: number;
  readonly clockToleranceSeconds: number;
}

/**
 * Checks the signature and the claims that jsonwebtoken knows of, with the one algorithm of the key. Its result is any
 * value: jsonwebtoken looks at few claims, and skips those that are absent.
 *
 * @throws AuthError `token_expired` or `invalid_token`
 */
export function checkSignature(token: string, { key, alg }: PublicKey, expected: Expected): unknown {
  try {
    return jwt.verify(token, key, {
      algorithms: [alg],
      issuer: expected.issuer,
      audience: expected.audience,
      clockTimestamp: expected.time,
      clockTolerance: expected.clockToleranceSeconds,
    });
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw new AuthError('token_expired', 'expired');
    throw new AuthError('invalid_token', libraryReason(error));
  }
}

/** jsonwebtoken's error as one of our reasons. Its texts repeat configured values, so none of them is passed on. */
export function libraryReason(error: unknown): RefusalReason {
  if (error instanceof jwt.NotBeforeError) return 'not_yet_valid';
  const text = String(error);
  if (text.includes('signature')) return 'signature';
  if (text.includes('jwt issuer')) return 'issuer';
  if (text.includes('jwt audience')) return 'audience';
  return 'claims';
}
