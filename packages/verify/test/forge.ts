import { constants, createHmac, type KeyObject, sign } from 'node:crypto';

/** Makes the signature over the signing input of a JWS (RFC 7515 §5.1). */
export type Sign = (input: string) => Uint8Array;

/** Any header and payload: text and bytes go in as they are, every other value as its JSON. */
export interface Forgery {
  readonly header: unknown;
  readonly payload: unknown;
  readonly sign: Sign;
}

/** Writes a compact JWS by hand, without any of the checks a library would make. */
export function forge({ header, payload, sign: signatureOf }: Forgery): string {
  const input = `${segment(header)}.${segment(payload)}`;
  return `${input}.${segment(signatureOf(input))}`;
}

/** A segment of a compact JWS: base64url of bytes, of text, or of a value as JSON. */
export function segment(part: unknown): string {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64url');
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Signs with RSASSA-PKCS1-v1_5 and SHA-256. */
export function rs256(key: KeyObject): Sign {
  return (input) => sign('sha256', Buffer.from(input), key);
}

/** Signs with RSASSA-PSS and SHA-256. */
export function ps256(key: KeyObject): Sign {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return (input) => sign('sha256', Buffer.from(input), { key, padding, saltLength: 32 });
}

/** Signs with ECDSA and SHA-256, as r and s side by side (RFC 7518 §3.4). */
export function es256(key: KeyObject): Sign {
  return (input) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

/** Signs with Ed25519. */
export function ed25519(key: KeyObject): Sign {
  return (input) => sign(null, Buffer.from(input), key);
}

/** Signs with HMAC and SHA-256. */
export function hs256(secret: KeyObject | Uint8Array | string): Sign {
  return (input) => createHmac('sha256', secret).update(input).digest();
}

/** No signature at all. */
export const unsigned: Sign = () => new Uint8Array();
