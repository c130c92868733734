import { getRoutes } from '@auth/http';
import type { RequestHandler } from 'express';
import { pageFiles } from './files.ts';

/**
 * Its own script, style and requests, and nothing else; no markup made from text. A form that no script has taken goes
 * nowhere: its password would stand in the address.
 */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** A small shop to try the gateway with in a browser, at `GET /`. For development: it is part of no API. */
export function pageRoutes(): RequestHandler {
  const routes = pageFiles.map(([path, type, text]): [string, RequestHandler[]] => [
    path,
    [(_req, res) => void res.set('Content-Security-Policy', pagePolicy).type(type).send(text)],
  ]);
  return getRoutes(Object.fromEntries(routes));
}
