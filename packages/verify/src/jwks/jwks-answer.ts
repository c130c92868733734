import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { KeyMaterialError } from '../key-material.ts';
import { type IgnoredKey, type KeyRules, type PublicKeys, parseJwks } from '../public-keys.ts';
import { JwksFetchError } from './jwks-fetch-error.ts';

/** Loaded keys with their ETag, or `unchanged`: the current keys are still the issuer's. */
export type JwksAnswer =
  | {
      readonly outcome: 'loaded';
      readonly keys: PublicKeys;
      readonly ignored: readonly IgnoredKey[];
      readonly etag: string | undefined;
    }
  | { readonly outcome: 'unchanged' };

export interface ReadJwksOptions {
  readonly profile: KeyRules;
  /** The If-None-Match that was sent. */
  readonly etag: string | undefined;
  readonly maxBytes: number;
}

const mediaTypes = ['application/jwk-set+json', 'application/json'];

/**
 * Reads an answer as a JWK Set. Nothing in it is trusted: status, Content-Type, size and every key are checked.
 *
 * @throws JwksFetchError, or the error of a connection that breaks
 */
export async function readJwksAnswer(response: IncomingMessage, options: ReadJwksOptions): Promise<JwksAnswer> {
  const { statusCode = 0, headers } = response;
  if (statusCode === 304 && options.etag !== undefined) return { outcome: 'unchanged' };
  if (statusCode >= 300 && statusCode < 400 && statusCode !== 304) {
    throw new JwksFetchError('redirect', `answered ${statusCode}, which is not followed`);
  }
  if (statusCode !== 200) throw new JwksFetchError('status', `answered ${statusCode}`);
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
  if (!mediaTypes.includes(mediaType.trim().toLowerCase())) {
    throw new JwksFetchError('content', `its Content-Type is none of ${mediaTypes.join(', ')}`);
  }
  const content = await readBounded(decoded(response), options.maxBytes);
  return { outcome: 'loaded', ...parseContent(content, options.profile), etag: headers.etag };
}

function decoded(response: IncomingMessage): Readable {
  const coding = response.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (coding === 'identity') return response;
  if (coding !== 'gzip') throw new JwksFetchError('content', 'its Content-Encoding is not gzip');
  // The reader of the last stream gets every error, so the callback has nothing to do.
  return pipeline(response, createGunzip(), () => {});
}

/** Reads a stream of at most `maxBytes`, counted after decompression: a small gzip can be a large text. */
async function readBounded(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new JwksFetchError('too_large', `more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw isZlibError(cause) ? new JwksFetchError('content', 'its gzip is broken', { cause }) : cause;
  }
  return Buffer.concat(chunks);
}

function isZlibError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');
}

function parseContent(content: Buffer, profile: KeyRules): { keys: PublicKeys; ignored: readonly IgnoredKey[] } {
  const ignored: IgnoredKey[] = [];
  try {
    // TextDecoder drops a byte order mark, which RFC 8259 §8.1 allows.
    const set: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
    return { keys: parseJwks(set, { profile, onIgnored: (key) => ignored.push(key) }), ignored };
  } catch (cause) {
    // The message of a JSON error repeats the content; that of a key error names only the member.
    const detail = cause instanceof KeyMaterialError ? cause.message : 'not JSON in UTF-8';
    throw new JwksFetchError('malformed', detail);
  }
}
