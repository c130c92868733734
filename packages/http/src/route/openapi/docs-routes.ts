import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Router } from 'express';
import { createRouter } from '../router.ts';
import { docsPage, docsScript } from './docs-page.ts';
import type { OpenApiDocument } from './document.ts';
import { withTokenSource } from './token-source.ts';

const assets = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

/** The content security policy of the page: its own script and styles, and images inside the style sheet. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Creates the routes `GET /openapi.json` and `GET /docs`, a page to read and try the API. The page needs files of this
 * service only, and its policy allows no others.
 *
 * @param issuer the `iss` of access tokens: the document says how to get one there
 */
export function docsRoutes(document: OpenApiDocument, { issuer }: { issuer: string }): Router {
  const router = createRouter();
  const text = JSON.stringify(withTokenSource(document, issuer));
  // pnpm puts each package into its own folder, so the path is resolved.
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

  router.get('/openapi.json', (_req, res) => {
    res.set({ 'Cache-Control': 'no-cache', 'Access-Control-Allow-Origin': '*' }).type('application/json').send(text);
  });
  router.get('/docs', (_req, res) => {
    res.set('Content-Security-Policy', pagePolicy).type('html').send(docsPage);
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
