import type { Request, Response } from 'express';
import express from 'express';
import { AuthError } from '../auth-error.ts';
import { headerValues } from '../http/header-values.ts';

/** JSON, with a charset of utf-8 as the only parameter. Others are rejected, since two parsers could read them differently. */
const json = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const noContent = new Uint8Array();

/** Reads the content bytes as sent, independent of the headers. */
export type ContentReader = (req: Request, res: Response) => Promise<Uint8Array>;

/** Creates the content reader. It does not decompress, since the caller signed the bytes as sent. */
export function createContentReader(limitBytes: number): ContentReader {
  const raw = express.raw({ type: () => true, inflate: false, limit: limitBytes });
  return (req, res) =>
    new Promise((resolve, reject) => {
      raw(req, res, (error?: { readonly status?: unknown }) => {
        if (error === undefined) resolve(req.body instanceof Uint8Array ? req.body : noContent);
        else reject(contentError(error));
      });
    });
}

/**
 * Checks the headers of content before it is read: one `Content-Type` at most, and no `Content-Encoding`, not even
 * `identity`.
 *
 * @throws AuthError `invalid_request` or `unsupported_media_type`
 */
export function assertPlainContent(req: Request): void {
  if (headerValues(req.rawHeaders, 'content-type').length > 1)
    throw new AuthError('invalid_request', 'duplicate_header');
  if (req.headers['content-encoding'] !== undefined) throw new AuthError('unsupported_media_type', 'content');
}

/**
 * Parses signed content as JSON in UTF-8. Nothing else is accepted, so that equal bytes never have two meanings.
 *
 * @throws AuthError `unsupported_media_type` or `invalid_request`
 */
export function parseContent(req: Request, content: Uint8Array): unknown {
  if (content.length === 0) return undefined;
  if (!json.test(req.headers['content-type'] ?? '')) throw new AuthError('unsupported_media_type', 'content');
  try {
    return JSON.parse(utf8.decode(content));
  } catch {
    throw new AuthError('invalid_request', 'content');
  }
}

function contentError(error: { readonly status?: unknown }): unknown {
  const { status } = error;
  if (status === 413) return new AuthError('payload_too_large', 'content');
  if (status === 415) return new AuthError('unsupported_media_type', 'content');
  if (status === 400) return new AuthError('invalid_request', 'content');
  return error;
}
