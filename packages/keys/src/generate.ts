import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { EdgeKey } from '@auth/verify';
import { SigningJwk } from './signing-key.ts';

/** Makes a new RSA signing key (2048 bits, RS256); its `kid` is the RFC 7638 thumbprint. */
export async function generateSigningKey(state: SigningJwk['state']): Promise<SigningJwk> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  // RFC 7638 §3: the required members in this order, without white space.
  const kid = createHash('sha256')
    .update(JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n }))
    .digest('base64url');
  return SigningJwk.parse({ ...jwk, kid, alg: 'RS256', use: 'sig', state });
}

/** Makes a new 256-bit secret for one edge. */
export function generateEdgeKey(kid: string, state: EdgeKey['state']): EdgeKey {
  return { kid, secret: generateSecret(), state };
}

/** Makes 256 random bits, as key documents hold them. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}
