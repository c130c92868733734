import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import express from 'express';
import { Problem } from '../problem/problem.ts';
import { headerValues } from './header-values.ts';

/** Allows one `charset=utf-8` and no other parameter: two parsers could read others differently. */
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

const limitBytes = 100_000;

/**
 * Parses JSON bodies into `req.body`, which stays `undefined` without a body. Anything but UTF-8 `application/json`
 * without a Content-Encoding is 415, more than 100 000 bytes are 413, malformed JSON or UTF-8 is 400. Does not
 * validate the JSON: `readBody` does.
 */
export function jsonBody(): RequestHandler {
  const parse = express.json({ limit: limitBytes, inflate: false, type: () => true, verify: assertUtf8 });
  return (req, res, next) => {
    if (!hasContent(req) || req.readableEnded) {
      next();
      return;
    }
    assertJson(req);
    // The parser would read the whole body before it refuses it.
    if (Number(req.headers['content-length']) > limitBytes) throw new Problem('payload_too_large');
    parse(req, res, next);
  };
}

function hasContent(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function assertJson(req: IncomingMessage): void {
  const types = headerValues(req, 'content-type');
  if (types.length > 1) throw new Problem('invalid_request', { detail: 'Send Content-Type once.' });
  if (!JSON_TYPE.test(types[0] ?? '')) {
    throw new Problem('unsupported_media_type', { headers: { Accept: 'application/json' } });
  }
  if ((req.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new Problem('unsupported_media_type', { headers: { 'Accept-Encoding': 'identity' } });
  }
}

/**
 * Refuses a body that is not UTF-8. The parser replaces invalid bytes with U+FFFD, which makes different bodies equal.
 */
function assertUtf8(_req: IncomingMessage, _res: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw Object.assign(new Error('The body is not UTF-8'), { type: 'encoding.invalid' });
}
