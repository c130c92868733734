import type { KeyObject } from 'node:crypto';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StrictJws } from './compact-jws.ts';

/** HS256 signs with a SHA-256 HMAC (RFC 7518 §3.2): so many bytes. */
const signatureBytes = 32;

/** Encodes a header or payload as one segment of a compact JWS (RFC 7515 §7.1). */
export function encodeSegment(members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}

/** Makes a compact JWS of a header segment and claims. The header must say `HS256`. */
export function signHs256(header: string, claims: object, key: KeyObject): string {
  const input = `${header}.${encodeSegment(claims)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** Checks the HMAC of a JWS that has passed `readStrictJws`. Does not check that the header names it, nor any claim. */
export function hasGoodHs256({ signingInput, signature }: StrictJws, key: KeyObject): boolean {
  const right = createHmac('sha256', key).update(signingInput).digest();
  return signature.length === signatureBytes && timingSafeEqual(signature, right);
}
