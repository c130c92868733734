import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { StrictJws } from './compact-jws.ts';

/** The length of an HS256 signature in bytes: a SHA-256 HMAC (RFC 7518 §3.2). */
const signatureBytes = 32;

/** Encodes a header or payload as one segment of a compact JWS (RFC 7515 §7.1). */
export function encodeSegment(members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}

/** Signs claims as a compact JWS under an encoded header. Does not check that the header has `HS256`. */
export function signHs256(header: string, claims: object, key: KeyObject): string {
  const input = `${header}.${encodeSegment(claims)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/**
 * Checks the HMAC of a JWS, after `readStrictJws` has checked its form. Does not check that the header has `HS256`,
 * and checks no claim.
 */
export function hasGoodHs256({ signingInput, signature }: StrictJws, key: KeyObject): boolean {
  const expected = createHmac('sha256', key).update(signingInput).digest();
  return signature.length === signatureBytes && timingSafeEqual(signature, expected);
}
