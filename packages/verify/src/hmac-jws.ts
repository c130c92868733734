import type { KeyObject } from 'node:crypto';
import { createHmac, timingSafeEqual } from 'node:crypto';

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

/**
 * Reads the payload of a compact JWS, whatever it is; `undefined` when its signature is not by this key. Checks neither
 * header nor form: they must have passed `readStrictHeader`.
 *
 * @throws SyntaxError for a signed payload that is not JSON
 */
export function verifyHs256(token: string, key: KeyObject): { readonly payload: unknown } | undefined {
  const end = token.lastIndexOf('.');
  const input = token.slice(0, end);
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const right = createHmac('sha256', key).update(input).digest();
  if (given.length !== signatureBytes || !timingSafeEqual(given, right)) return undefined;
  return { payload: JSON.parse(Buffer.from(input.slice(input.indexOf('.') + 1), 'base64url').toString()) };
}
