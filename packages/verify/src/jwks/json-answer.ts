import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { JwksFetchError } from './jwks-fetch-error.ts';

/** A document with its ETag, or `unchanged`: the current document is still the server's. */
export type JsonAnswer =
  | { readonly outcome: 'loaded'; readonly json: unknown; readonly etag: string | undefined }
  | { readonly outcome: 'unchanged' };

export interface ReadJsonOptions {
  readonly mediaTypes: readonly string[];
  /** The If-None-Match that was sent. */
  readonly etag?: string | undefined;
  readonly maxBytes: number;
}

/**
 * Reads an answer as JSON. Status, Content-Type and size are checked; what the document says is not.
 *
 * @throws JwksFetchError, or the error of a connection that breaks
 */
export async function readJsonAnswer(response: IncomingMessage, options: ReadJsonOptions): Promise<JsonAnswer> {
  const { statusCode = 0, headers } = response;
  const { mediaTypes, etag, maxBytes } = options;
  if (statusCode === 304 && etag !== undefined) return { outcome: 'unchanged' };
  if (statusCode >= 300 && statusCode < 400 && statusCode !== 304) {
    throw new JwksFetchError('redirect', `answered ${statusCode}, which is not followed`);
  }
  if (statusCode !== 200) throw new JwksFetchError('status', `answered ${statusCode}`);
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
  if (!mediaTypes.includes(mediaType.trim().toLowerCase())) {
    throw new JwksFetchError('content', `its Content-Type is not ${mediaTypes.join(' or ')}`);
  }
  const content = await readBounded(decoded(response), maxBytes);
  return { outcome: 'loaded', json: parseContent(content), etag: headers.etag };
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

function parseContent(content: Buffer): unknown {
  try {
    // TextDecoder drops a byte order mark, which RFC 8259 §8.1 allows.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    // The message of a JSON error repeats the content.
    throw new JwksFetchError('malformed', 'not JSON in UTF-8');
  }
}
