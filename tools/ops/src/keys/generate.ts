import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { SigningJwk } from '@auth/keys/signing-key';
import type { EdgeKey } from '@auth/verify';

/** Makes a signing key: RSA of 2048 bits, P-256 for ES256, or Ed25519 for EdDSA. Its `kid` is the thumbprint (RFC 7638). */
export async function generateSigningKey(
  state: SigningJwk['state'],
  alg: SigningJwk['alg'] = 'RS256',
): Promise<SigningJwk> {
  const { privateKey } = await generatePair(alg);
  const jwk = privateKey.export({ format: 'jwk' });
  const { kty, crv, x, y, e, n } = jwk;
  // RFC 7638 §3: the required members in this order, without white space. An OKP key has no `y` (RFC 8037 §2).
  const required = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  const kid = createHash('sha256').update(JSON.stringify(required)).digest('base64url');
  return SigningJwk.parse({ ...jwk, kid, alg, use: 'sig', state });
}

function generatePair(alg: SigningJwk['alg']) {
  const generate = promisify(generateKeyPair);
  if (alg === 'EdDSA') return generate('ed25519', {});
  return alg === 'ES256' ? generate('ec', { namedCurve: 'P-256' }) : generate('rsa', { modulusLength: 2048 });
}

/** Makes a key with a 256-bit secret: of an edge or for sessions. */
export function generateEdgeKey(kid: string, state: EdgeKey['state']): EdgeKey {
  return { kid, secret: generateSecret(), state };
}

/** Makes a secret of 256 random bits in base64url. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}
