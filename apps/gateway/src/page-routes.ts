import { readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { getRoutes } from '@auth/http';
import type { RequestHandler } from 'express';

/**
 * The policy of the page: only files and requests of its own origin, no markup made from text. A form that no script
 * handles is not sent: the password would be in the address.
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

/**
 * Serves the files of a folder, `index.html` at `GET /`: a page to try the gateway with in a browser, for development
 * only. The list of files is read once, a file with each request, so that an edit shows after a reload.
 */
export function pageRoutes(folder: string): RequestHandler {
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((name) => extname(name) !== '');
  const routes = files.map((file): [string, RequestHandler[]] => [
    file === 'index.html' ? '/' : `/${file}`,
    [
      (_req, res) => {
        res.set('Content-Security-Policy', pagePolicy);
        const validators = { cacheControl: false, etag: false, lastModified: false };
        res.sendFile(file, { root: folder, acceptRanges: false, ...validators });
      },
    ],
  ]);
  return getRoutes(Object.fromEntries(routes));
}
