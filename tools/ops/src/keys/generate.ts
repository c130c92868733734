import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { SigningJwk } from '@auth/keys/signing-key';
import type { EdgeKey } from '@auth/verify';

/** Makes a new signing key, RSA (2048 bits) or for ES256 P-256; its `kid` is the RFC 7638 thumbprint. */
export async function generateSigningKey(
  state: SigningJwk['state'],
  alg: SigningJwk['alg'] = 'RS256',
): Promise<SigningJwk> {
  const generate = promisify(generateKeyPair);
  const { privateKey } = await (alg === 'ES256'
    ? generate('ec', { namedCurve: 'P-256' })
    : generate('rsa', { modulusLength: 2048 }));
  const jwk = privateKey.export({ format: 'jwk' });
  const { kty, crv, x, y, e, n } = jwk;
  // RFC 7638 §3: the required members in this order, without white space.
  const required = alg === 'ES256' ? { crv, kty, x, y } : { e, kty, n };
  const kid = createHash('sha256').update(JSON.stringify(required)).digest('base64url');
  return SigningJwk.parse({ ...jwk, kid, alg, use: 'sig', state });
}

/** Makes a new 256-bit secret for one edge. */
export function generateEdgeKey(kid: string, state: EdgeKey['state']): EdgeKey {
  return { kid, secret: generateSecret(), state };
}

/** Makes 256 random bits, as key documents hold them. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}
