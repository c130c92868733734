import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { RequestHandler, Router } from 'express';
import { createRouter } from '../router.ts';
import { docsPage, docsScript } from './docs-page.ts';
import type { OpenApiDocument } from './document.ts';

const assets = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

/**
 * `GET /openapi.json`, and `GET /docs`: a page to read it and try it. Everything the page needs comes from here;
 * its policy lets it load and call nothing but `connect`.
 *
 * @param connect origins besides its own that the page may call, such as that of the user service, to log in
 */
export function docsRoutes(document: OpenApiDocument, { connect = [] }: { connect?: readonly string[] } = {}): Router {
  const router = createRouter();
  const text = JSON.stringify(document);
  // pnpm keeps packages apart: ask for the place of this one.
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

  router.get('/openapi.json', (_req, res) => {
    res.set({ 'Cache-Control': 'no-cache', 'Access-Control-Allow-Origin': '*' }).type('application/json').send(text);
  });
  router.get('/docs', pagePolicy(connect), (_req, res) => {
    res.type('html').send(docsPage);
  });
  router.get('/docs/start.js', (_req, res) => {
    res.type('text/javascript').send(docsScript);
  });
  for (const name of assets) {
    router.get(`/docs/${name}`, (_req, res) => {
      res.set('Cache-Control', 'public, max-age=86400').sendFile(name, { root: folder });
    });
  }
  return router;
}

/** The page runs its own script and styles, and shows images that the style sheet carries in itself. */
function pagePolicy(connect: readonly string[]): RequestHandler {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (_req, res, next) => {
    res.set('Content-Security-Policy', policy);
    next();
  };
}
