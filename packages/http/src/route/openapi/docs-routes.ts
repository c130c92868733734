import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { RequestHandler, Router } from 'express';
import { getRoutes } from '../other-methods.ts';
import { docsPage, docsScript } from './docs-page.ts';
import { bearerScheme, type OpenApiDocument } from './document.ts';

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
 * Creates the routes `GET /openapi.json` and `GET /docs`, a page to read and try the API. The page loads files of
 * this service only, and its policy allows no others.
 *
 * @param issuer the `iss` of access tokens: the document has a command to get one there
 */
export function docsRoutes(document: OpenApiDocument, { issuer }: { issuer: string }): Router {
  const text = JSON.stringify(withTokenSource(document, issuer));
  // pnpm puts each package into its own folder, so the path is resolved.
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const asset = (name: string): RequestHandler => {
    return (_req, res) =>
      res.set('Cache-Control', 'public, max-age=86400').sendFile(name, { root, acceptRanges: false });
  };
  return getRoutes({
    '/openapi.json': [
      (_req, res) => {
        res
          .set({ 'Cache-Control': 'no-cache', 'Access-Control-Allow-Origin': '*' })
          .type('application/json')
          .send(text);
      },
    ],
    '/docs': [(_req, res) => void res.set('Content-Security-Policy', pagePolicy).type('html').send(docsPage)],
    '/docs/start.js': [(_req, res) => void res.type('text/javascript').send(docsScript)],
    '/docs/swagger-ui.css': [asset('swagger-ui.css')],
    '/docs/swagger-ui-bundle.js': [asset('swagger-ui-bundle.js')],
  });
}

/**
 * Adds a command to a document that logs in at the issuer and so gets a token. A page of another origin cannot log in,
 * since the issuer does not let other origins read its answers.
 *
 * @param issuer the `iss` of access tokens, which is the URL of the user service
 */
export function withTokenSource(document: OpenApiDocument, issuer: string): OpenApiDocument {
  const login = `${issuer.replace(/\/$/, '')}/auth/login`;
  const body = `{"email":"ada@example.com","password":"analytical-engine-1843"}`;
  const description = [
    'An access token of the user service. Log in as yourself (Ada is a demo user of `pnpm dev`), and paste the `access_token` of the answer:',
    `\`\`\`sh\ncurl -s ${login} -H 'Content-Type: application/json' -d '${body}'\n\`\`\``,
    'On the page of the user service a login fills it in.',
  ].join('\n\n');
  const securitySchemes = { bearer: { ...bearerScheme, description } };
  return { ...document, components: { ...document.components, securitySchemes } };
}
