import { isUtf8 } from 'node:buffer';
import { AuthError, type RefusalReason } from './auth-error.ts';
import { hasCanonicalEnd } from './base64url.ts';
import type { AuthErrorCode } from './problems.ts';

/** The members of a protected header that are used. */
export interface StrictHeader {
  readonly alg: string;
  /** `undefined` only where the profile of the token allows a header without it. */
  readonly typ: string | undefined;
  readonly kid: string;
}

/** The cached header of a token with a valid signature, so that the same bytes are not parsed again. */
export interface KnownHeader {
  readonly segment: string;
  readonly header: StrictHeader;
}

interface TokenLimits {
  readonly maxLength: number;
  /** The code of the error that is thrown. The client sees it. */
  readonly code: AuthErrorCode;
}

export interface ReadStrictJwsOptions extends TokenLimits {
  /** The allowed values of `typ` (RFC 8725 §3.11). `null` stands for a header without `typ`. */
  readonly typ: readonly (string | null)[];
  /** Members that the header may have besides `alg`, `typ` and `kid`; none unless given. */
  readonly otherHeaderMembers?: readonly string[];
  readonly known?: KnownHeader | undefined;
}

const compact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The parts of a compact JWS of strict form. Nothing of it is verified. */
export interface StrictJws {
  readonly header: StrictHeader;
  /** Bytes that are valid UTF-8, of any content. */
  readonly payload: Buffer;
  /** The bytes that are signed (RFC 7515 §5.2). */
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/**
 * Reads a compact JWS of strict form: size, canonical base64url, a payload in UTF-8, and a header of exactly `alg`,
 * `typ`, `kid` and what `otherHeaderMembers` allows. So `crit`, `b64`, `zip`, `jwk`, `jku`, `x5u` are rejected and not
 * ignored. Checks no signature and no claim.
 *
 * @throws AuthError with the given code
 */
export function readStrictJws(token: unknown, options: ReadStrictJwsOptions): StrictJws {
  const { known } = options;
  const { segment, payload, signingInput, signature } = readParts(token, options);
  const header = known?.segment === segment ? known.header : readHeader(segment, options);
  return { header, payload, signingInput, signature };
}

/**
 * Reads the claims of a compact JWS before its signature is checked. Use them only to choose its verifier.
 *
 * @throws AuthError with the given code
 */
export function readUnverifiedPayload(token: unknown, options: TokenLimits): Readonly<Record<string, unknown>> {
  const payload = parsePayload(readParts(token, options));
  if (!isPlainObject(payload)) throw new AuthError(options.code, 'malformed');
  return payload;
}

function readParts(token: unknown, { maxLength, code }: TokenLimits) {
  if (typeof token !== 'string') throw new AuthError(code, 'malformed');
  if (token.length > maxLength) throw new AuthError(code, 'too_long');
  if (!compact.test(token)) throw new AuthError(code, 'malformed');
  const payloadAt = token.indexOf('.') + 1;
  const signatureAt = token.indexOf('.', payloadAt) + 1;
  const segment = token.slice(0, payloadAt - 1);
  const encoded = token.slice(payloadAt, signatureAt - 1);
  const canonical = hasCanonicalEnd(segment) && hasCanonicalEnd(encoded) && hasCanonicalEnd(token, signatureAt);
  const payload = Buffer.from(encoded, 'base64url');
  // Decoding replaces bytes that are not UTF-8, so two different payloads could read as the same text.
  if (!canonical || !isUtf8(payload)) throw new AuthError(code, 'malformed');
  return {
    segment,
    payload,
    signingInput: Buffer.from(token.slice(0, signatureAt - 1), 'latin1'),
    signature: Buffer.from(token.slice(signatureAt), 'base64url'),
  };
}

/** Checks the strict form of a compact JWS and returns only its header. @throws AuthError as `readStrictJws` */
export function readStrictHeader(token: unknown, options: ReadStrictJwsOptions): StrictHeader {
  return readStrictJws(token, options).header;
}

function readHeader(segment: string, options: ReadStrictJwsOptions): StrictHeader {
  const { typ: allowed, otherHeaderMembers = [], code } = options;
  const refuse = (reason: RefusalReason): never => {
    throw new AuthError(code, reason);
  };
  const members = parseObject(segment);
  if (members === undefined) return refuse('malformed');
  const { alg, typ, kid, ...others } = members;
  if (typeof alg !== 'string' || typeof kid !== 'string') return refuse('header');
  if (!Object.keys(others).every((name) => otherHeaderMembers.includes(name))) return refuse('header');
  if (typ === undefined) return allowed.includes(null) ? { alg, typ, kid } : refuse('header');
  return typeof typ === 'string' && allowed.includes(typ) ? { alg, typ, kid } : refuse('header');
}

/** Parses the payload as JSON; `undefined` when it is not JSON. */
export function parsePayload({ payload }: Pick<StrictJws, 'payload'>): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}

/** Returns the header to cache for later tokens. Call it only after the signature of this token was checked. */
export function knownHeader(token: string, header: StrictHeader, known: KnownHeader | undefined): KnownHeader {
  return known?.header === header ? known : { segment: token.slice(0, token.indexOf('.')), header };
}

function parseObject(segment: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(segment, 'base64url')));
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
