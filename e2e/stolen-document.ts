import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyDocument } from '@auth/keys';
import { parseJwks } from '@auth/verify';

/** Signs a token as an attacker does, with any header, claims and key. */
export function jws(header: object, claims: object, signature: (input: string) => Buffer): string {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${signature(input).toString('base64url')}`;
}

/** Computes the MAC of a token with HS256, HS384 or HS512. */
export function mac(alg: string, key: Buffer): (input: string) => Buffer {
  return (input) =>
    createHmac(`sha${alg.slice(2)}`, key)
      .update(input)
      .digest();
}

/** Lists everything in a document that could be used as a key, in every form. */
export function keyMaterialOf(document: KeyDocument): Readonly<Record<string, Buffer>> {
  const texts = leavesOf(document);
  const jwks = document.issuer.jwks?.keys ?? [];
  const material: Record<string, Buffer> = { 'the document': Buffer.from(JSON.stringify(document)) };
  for (const [path, text] of texts) {
    material[`${path} as text`] = Buffer.from(text);
    material[`${path} as bytes`] = Buffer.from(text, 'base64url');
  }
  for (const [index, jwk] of jwks.entries()) {
    const key = parseJwks({ keys: [jwk] }).get(jwk.kid)?.key;
    if (key === undefined) throw new Error('no public key');
    material[`jwk ${index} as JSON`] = Buffer.from(JSON.stringify(jwk));
    material[`jwk ${index} as SPKI PEM`] = Buffer.from(key.export({ type: 'spki', format: 'pem' }));
    material[`jwk ${index} as PKCS 1 PEM`] = Buffer.from(key.export({ type: 'pkcs1', format: 'pem' }));
    material[`jwk ${index} as DER`] = key.export({ type: 'spki', format: 'der' });
  }
  return { ...material, nothing: Buffer.alloc(0) };
}

/** Lists the key ids of a document. */
export function kidsOf(document: KeyDocument): string[] {
  return leavesOf(document).flatMap(([path, text]) => (path.endsWith('.kid') ? [text] : []));
}

/** Generates an attacker's key pair, with the public key as a header member. */
export function ownKeyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    jwk: publicKey.export({ format: 'jwk' }),
    rs256: (input: string) => sign('sha256', Buffer.from(input), privateKey),
  };
}

/** The claims of a valid service token. */
export function serviceClaims(options: {
  iss: string;
  aud: string | readonly string[];
  callee: string;
  operation: string;
  method: string;
  path: string;
  body?: string;
  bearer?: string;
}): object {
  const { iss, aud, callee, operation, method, path, body = '', bearer } = options;
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss,
    aud,
    iat,
    exp: iat + 15,
    jti: randomBytes(16).toString('base64url'),
    scope: operation,
    htm: method,
    htu: `https://${callee}${path}`,
    htd: hash(body),
    ...(bearer === undefined ? {} : { ath: hash(bearer) }),
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function leavesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => leavesOf(child, path === '' ? name : `${path}.${name}`));
}
